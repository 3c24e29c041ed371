"""A recipient's page in English."""

from __future__ import annotations

from hub_service.domain.wording import EVENT_SENTENCES
from hub_service.web.page_words import PageWords, StatusWords

_LATER = "Already yours: it opens the door once your parcel is inside"

ENGLISH = PageWords(
    language="en",
    language_name="English",
    status={
        "home": StatusWords(
            "way",
            "On its way to your door",
            "If nobody is at home it goes to a locker near you, and your code appears here.",
        ),
        "announced": StatusWords(
            "way", "On its way to the locker", "We tell you when it is inside {locker_name}.", _LATER
        ),
        "delivery_failed": StatusWords(
            "late",
            "Nobody was at home",
            "No locker near you has room right now. Your carrier keeps the parcel and will try again.",
        ),
        "redirected": StatusWords(
            "way",
            "Nobody was at home, so it goes to a locker",
            "A courier is taking it to {locker_name}. We tell you when it is inside.",
            _LATER,
        ),
        "ready_for_pickup": StatusWords(
            "ready", "Ready for you", "Your parcel lies {inside}.", "Hold this code before the scanner"
        ),
        "collected": StatusWords("done", "Collected", "Your parcel was taken out of the locker. The code is used up."),
        "expired": StatusWords(
            "late",
            "The time is over, but it is still there",
            "Your parcel lies {inside}. Until a courier takes it back, your code still opens the door. After that, ask"
            " your carrier for it.",
            "Still works, until the courier has been there",
        ),
        "retrieved": StatusWords(
            "late",
            "A courier has taken it back",
            "It is out of the locker. If you still want it, ask your carrier soon, with the number {tracking}.",
        ),
        "return_announced": StatusWords("way", "A return is prepared", "Bring your parcel to {locker_name}."),
        "return_deposited": StatusWords("done", "Your return is in the locker", "A courier will take it from there."),
        "returned": StatusWords("done", "On its way back to its sender", "Your carrier has it."),
        "cancelled": StatusWords(
            "done", "Cancelled", "Its sender or carrier has cancelled this parcel. It is not coming."
        ),
        "needs_attention": StatusWords(
            "help",
            "Somebody is looking after it",
            "Something did not go as planned. You need not do anything, and you hear from us.",
            "If your parcel is inside, this opens its door",
        ),
    },
    events=EVENT_SENTENCES,
    answers=(
        (
            "the door does not open",
            "Pull at the door once. Then show the code again: for three minutes it opens the same door. If it stays "
            "shut, {call}; your parcel stays yours.",
        ),
        (
            "the code is not accepted",
            "Check that you are at the right locker, and that your parcel is inside: this page says both. A dim or "
            "cracked screen is hard to scan: type the PIN instead.",
        ),
        (
            "the locker is offline",
            "Go ahead. A locker knows your code and opens without any connection. This page may lag behind.",
        ),
        (
            "you can't come yourself",
            "Somebody else may collect it: make a code of their own for them, further up. You can take it back.",
        ),
        (
            "the compartment is empty or your parcel is damaged",
            "Leave everything as it is, shut the door, and {call}. Every opening of every door is on record.",
        ),
        (
            "the door is too high for you",
            "Please {call} from there. Next time, ask your sender for a low compartment.",
        ),
    ),
    # Refusals are English already.
    problems={},
    in_box="in compartment {n} at {locker_name}",
    in_locker="in the locker at {locker_name}",
    the_locker="the locker",
    a_locker="a locker",
    collect_by="Collect by",
    time_over="Time was over",
    go_soon="It is not too late while it lies there: go soon.",
    left="{time} left",
    more_hours="{count} more hours",
    more_days="{count} more days",
    collect_here="Collect it here",
    goes_here="It goes to this locker",
    # English counts in words: `position` of `picture.py`.
    place="",
    place_in_column="",
    picture="Picture of the locker",
    map="Show it on a map",
    code="Your code",
    qr="QR code that opens your compartment",
    or_pin="or type this PIN",
    time="Time to collect",
    where="Where to go",
    what_if="What to do if …",
    call="call {phone}",
    call_locker="call the number on the locker",
    how_was_it="How was it?",
    thanks="Thank you for {stars} of 5",
    of_five="{stars} of 5",
    so_far="What happened so far",
    your_data="Your data",
    erased="Nobody can see any more who this parcel was for.",
    erasing="Your name and addresses are erased a day from now, or a day after the parcel is collected or has gone "
    "back.",
    kept="Your name and addresses are erased 30 days after the parcel was collected. You need not wait for it.",
    erase="Erase my data",
    push="News on this device",
    push_note="Your browser can tell you what happens to this parcel, also while this page is closed. No account, no"
    " app.",
    push_on="Tell this device",
    push_off="Don't tell this device any more",
    push_denied="Your browser doesn't let this page tell you anything. Allow notifications for it in the browser's"
    " settings, then try again.",
    push_told="Devices that are told: {count}",
    push_none="Tell none any more",
    foot="Parcel {tracking}.",
    foot_carrier="Parcel {tracking}, brought by {carrier}.",
    like_a_key="Whoever has the address of this page can open your parcel: share it like a key.",
    elsewhere="Rather another locker?",
    elsewhere_note="It isn't inside yet, so you may choose another one. Your code stays the same.",
    bring_there="Send it there",
    away="{km} km from the first",
    languages="Language",
    skip="Skip to the content",
)
