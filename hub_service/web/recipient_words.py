"""Says a parcel's state to its recipient: one title, one sentence, whether there is a code, what to do if something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hub_service.handlers.views import RecipientView
from hub_service.localtime import long_time, time_left

Tone = Literal["way", "ready", "late", "help", "done"]


@dataclass(frozen=True, slots=True)
class StatusWords:
    """How a status looks and reads; the code is shown where there is a note about it."""

    tone: Tone
    title: str
    sentence: str
    code_note: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when, in words; `left` is empty where no time is left."""

    label: str
    when: str
    left: str


_LATER = "Already yours: it opens the door once your parcel is inside"
_NOW = "Hold this code before the scanner"

_WAY_HOME = StatusWords(
    "way",
    "On its way to your door",
    "If nobody is at home it goes to a locker near you, and your code appears here.",
)
_WORDS = {
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
    "ready_for_pickup": StatusWords("ready", "Ready for you", "Your parcel lies {inside}.", _NOW),
    "collected": StatusWords("done", "Collected", "Your parcel was taken out of the locker. The code is used up."),
    "expired": StatusWords(
        "late",
        "The time is over, but it is still there",
        "Your parcel lies {inside}. Until a courier takes it back, your code still opens the door. After that, ask your"
        " carrier for it.",
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
    "cancelled": StatusWords("done", "Cancelled", "Its sender or carrier has cancelled this parcel. It is not coming."),
    "needs_attention": StatusWords(
        "help",
        "Somebody is looking after it",
        "Something did not go as planned. You need not do anything, and you hear from us.",
        "If your parcel is inside, this opens its door",
    ),
}  # fmt: skip
_WITH_HELP = ("announced", "redirected", "ready_for_pickup", "expired", "needs_attention")


def status_words(view: RecipientView) -> StatusWords:
    """The words for the parcel's state; one that this page doesn't know yet reads as the hub says it."""
    if not view.locker_id and view.status in ("announced", "in_transit", "out_for_delivery"):
        return _WAY_HOME
    status = "announced" if view.status in ("in_transit", "out_for_delivery") else view.status
    return _WORDS.get(status) or StatusWords("way", view.status.replace("_", " ").capitalize(), view.status_sentence)


def sentence(words: StatusWords, view: RecipientView) -> str:
    """The sentence below the title, with the names of this parcel's place."""
    box = f"in compartment {view.compartment}" if view.compartment else "in the locker"
    # Filled in by hand: names come from outside and may hold anything, also braces.
    said = words.sentence.replace("{inside}", f"{box} at {{locker_name}}")
    return said.replace("{locker_name}", view.locker_name or "the locker").replace("{tracking}", view.tracking)


def deadline(view: RecipientView) -> Deadline | None:
    """Until when the parcel can be collected, while it lies there."""
    if view.deadline_s is None or view.status not in ("ready_for_pickup", "expired"):
        return None
    when = long_time(view.deadline_s, None)
    if view.status == "expired":
        return Deadline("Time was over", when, "It is not too late while it lies there: go soon.")
    return Deadline("Collect by", when, f"{time_left(view.now_s, view.deadline_s)} left".capitalize())


def more_time(view: RecipientView) -> str:
    """What the button says that asks for more time."""
    days, rest = divmod(view.extend_hours, 24)
    return f"{view.extend_hours} more hours" if rest or days < 2 else f"{days} more days"


def place_label(view: RecipientView) -> str:
    """What stands above the locker's name."""
    return "Collect it here" if view.status in ("ready_for_pickup", "expired") else "It goes to this locker"


def answers(view: RecipientView) -> list[tuple[str, str]]:
    """Questions of people in front of a locker, each with the next step."""
    if not view.locker_id or view.status not in _WITH_HELP:
        return []
    call = f"call {view.help_phone}" if view.help_phone else "call the number on the locker"
    return [
        (
            "the door does not open",
            "Pull at the door once. Then show the code again: for three minutes it opens the same door. If it stays "
            f"shut, {call}; your parcel stays yours.",
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
            "Somebody else may collect it: send them this page, a picture of the code, or just the PIN.",
        ),
        (
            "the compartment is empty or your parcel is damaged",
            f"Leave everything as it is, shut the door, and {call}. Every opening of every door is on record.",
        ),
        (
            "the door is too high for you",
            f"Please {call} from there. Next time, ask your sender for a low compartment.",
        ),
    ]
