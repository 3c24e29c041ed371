"""The notices in English."""

from __future__ import annotations

from hub_service.notices.texts import Language, Words

ENGLISH = Language(
    greeting="Hello {name},",
    hello="Hello,",
    closing="You need no app and no account. This mail was written by the parcel lockers; answers are not read.",
    pieces={
        "code": "PIN: {pin}\nThe QR code on your page opens the door as well.",
        "place": "Where: {locker}\n{where}",
        "until": "Collect by: {until}",
        "more_time": "Need more time? You can extend it on your page.",
        "someone_else": "Somebody else may collect it: give them the PIN or the QR code. Treat both like a key.",
        "not_you": "If that was not you or somebody you asked, please tell your carrier, with the number {tracking}.",
        "page": "Your page: {page_url}",
        "drop_by": "Drop off by: {until}",
        "receipt": "Receipt: {receipt}\nCompartment {box}, {at}",
    },
    notices={
        "announced": Words(
            "Parcel {tracking} is on its way to {locker}",
            "Your parcel {tracking} is on its way to the locker {locker}. We write again when it is inside; your code "
            "is already here and will work from then on.",
            ("place", "code", "page"),
            "Parcel {tracking} is on its way to {place}. Your PIN will be {pin}, we tell you when it's in. {page_url}",
        ),
        "ready": Words(
            "Your parcel {tracking} is ready at {locker}",
            "Your parcel {tracking} lies ready for you in the locker.",
            ("code", "place", "until", "someone_else", "page"),
            "Parcel {tracking} at {place}. PIN {pin}, until {until}. {page_url}",
        ),
        "redirected": Words(
            "Nobody was at home: {tracking} goes to {locker}",
            "The courier did not find anybody at home with your parcel {tracking}. It is being taken to a locker near "
            "you. We write again when it is inside; the code below is yours already and stays the same.",
            ("place", "code", "page"),
            "Nobody home: parcel {tracking} goes to {place}. PIN {pin} works once it's in, we tell you. {page_url}",
        ),
        "reminder": Words(
            "Parcel {tracking} waits for you until {until}",
            "Your parcel {tracking} still waits for you in the locker.",
            ("code", "place", "until", "more_time", "someone_else", "page"),
            "Parcel {tracking} waits at {place} until {until}. PIN {pin}. More time: {page_url}",
        ),
        "extended": Words(
            "More time for {tracking}: until {until}",
            "You have more time to collect your parcel {tracking}. Your code has not changed.",
            ("until", "code", "place", "page"),
            "More time: parcel {tracking} at {place} until {until}. PIN {pin}. {page_url}",
        ),
        "expired": Words(
            "The time for {tracking} is over, but it is still there",
            "The time to collect your parcel {tracking} is over, and a courier will take it back. Until then it stays "
            "in the locker and your code still opens the door: go soon.",
            ("code", "place", "page"),
            "Time is over for parcel {tracking} at {place}. Until the courier comes PIN {pin} still works. {page_url}",
        ),
        "collected": Words(
            "Parcel {tracking} was collected",
            "Your parcel {tracking} was taken out of the locker {locker}. Your code no longer opens anything.",
            ("not_you", "page"),
            "Parcel {tracking} was collected at {place}. Not you? {page_url}",
        ),
        "cancelled": Words(
            "Parcel {tracking} is not coming",
            "Your parcel {tracking} has been cancelled by its sender or carrier. Its code opens nothing any more.",
            ("page",),
            "Parcel {tracking} was cancelled by its sender or carrier. {page_url}",
        ),
        "missed": Words(
            "Nobody was at home: {tracking}",
            "The courier did not find anybody at home with your parcel {tracking}, and no locker near you has room for "
            "it right now. Your carrier keeps it and will try again.",
            ("page",),
            "Nobody home for parcel {tracking}, and no locker had room. Your carrier will try again. {page_url}",
        ),
        "attention": Words(
            "We are looking after your parcel {tracking}",
            "Something did not go as planned with your parcel {tracking}. Somebody is looking at it, and you hear from "
            "us as soon as it is solved. There is nothing you need to do.",
            ("page",),
            "Something did not go as planned with parcel {tracking}. Somebody is looking at it. {page_url}",
        ),
        "new_code": Words(
            "A new code for your parcel {tracking}",
            "Somebody who knew your name and address has asked our help desk for a new code. The one below opens your "
            "compartment from now on; the old one opens nothing any more.",
            ("code", "place", "not_you", "page"),
            "New code for parcel {tracking} at {place}: PIN {pin}. Not you? {page_url}",
        ),
        "more_time": Words(
            "More time for {tracking}: until {until}",
            "There was a time in which you may not have been able to collect your parcel {tracking}. It doesn't count: "
            "you have until later. Your code has not changed.",
            ("until", "code", "place", "page"),
            "More time: parcel {tracking} at {place} waits until {until}. PIN {pin}. {page_url}",
        ),
        "handed_over": Words(
            "Parcel {tracking} was handed over",
            "Your carrier says that your parcel {tracking} was handed over. It does not come to a locker.",
            ("not_you", "page"),
            "Parcel {tracking} was handed over, says your carrier. Not to you? {page_url}",
        ),
        "sent_back": Words(
            "Parcel {tracking} goes back to its sender",
            "Your parcel {tracking} goes back to its sender. Its code opens nothing any more.",
            ("page",),
            "Parcel {tracking} goes back to its sender. {page_url}",
        ),
        "substitute": Words(
            "Another place: {tracking} goes to {locker}",
            "Your parcel {tracking} goes to another locker than we told you before. Your code has not changed; we "
            "write again when the parcel is inside.",
            ("place", "code", "page"),
            "ANOTHER PLACE: parcel {tracking} goes to {place}. Same PIN {pin}, we tell you when it's in. {page_url}",
        ),
        "hold_over": Words(
            "Parcel {tracking} did not reach the locker yet",
            "Your parcel {tracking} was not brought to the locker in time. Your carrier still has it, and you hear "
            "from us when it is on its way again. Should it come to a locker, your code stays the same.",
            ("page",),
            "Parcel {tracking} did not reach the locker yet. Your carrier still has it. {page_url}",
        ),
        "open_asked": Words(
            "May we open your compartment? Parcel {tracking}",
            "The operator of the locker asks you whether the compartment with your parcel {tracking} may be opened "
            "from afar. Your page says why. Without your yes it stays shut; after a quarter of an hour nobody asks "
            "any more.",
            ("place", "page"),
            "May the operator open the door of parcel {tracking} at {place}? Yes or no here: {page_url}",
        ),
        "door_opened": Words(
            "Your compartment was opened: parcel {tracking}",
            "The compartment with your parcel {tracking} was opened by the operator of the locker, from afar and for a "
            "reason that is kept. Somebody looks whether all is well. Your code still opens the door.",
            ("place", "page"),
            "The operator has opened the door of parcel {tracking} at {place}. Your code still works. {page_url}",
        ),
        "drop_off": Words(
            "Your drop-off code for {tracking}",
            "Bring your parcel to the locker below and show the QR code on your page, or type the PIN. A "
            "compartment opens, you put the parcel in and shut the door. You need no label; if you can, write the "
            "number {tracking} on the parcel.",
            ("code", "place", "drop_by", "page"),
            "Drop off {tracking} at {place} by {until}. PIN {pin}, no label needed. {page_url}",
        ),
        "drop_off_moved": Words(
            "Another locker for {tracking}: {locker}",
            "Please drop your parcel {tracking} off at another locker than we told you before. Your code is the same.",
            ("place", "code", "drop_by", "page"),
            "ANOTHER LOCKER: drop off {tracking} at {place} by {until}. Same PIN {pin}. {page_url}",
        ),
        "dropped_off": Words(
            "Receipt: {tracking} was dropped off at {locker}",
            "You have put your parcel {tracking} into the locker {locker}. This is your receipt. A courier takes "
            "it out next; then you hear from us.",
            ("receipt", "page"),
            "Receipt {receipt}: {tracking} dropped off, {place}, door {box}. {page_url}",
        ),
        "picked_up": Words(
            "Your carrier has {tracking}",
            "A courier has taken your parcel {tracking} out of the locker {locker}. From now on your carrier has it.",
            ("receipt", "page"),
            "Your carrier has {tracking}, taken out at {place}. Receipt {receipt}. {page_url}",
        ),
        "taken_back": Words(
            "{tracking} was taken out again",
            "Your parcel {tracking} was taken out of the locker {locker} with your code. It is not sent.",
            ("receipt", "not_you", "page"),
            "{tracking} was taken out at {place} with your code and isn't sent. Not you? {page_url}",
        ),
        "drop_off_lapsed": Words(
            "The code for {tracking} has ended",
            "Nobody has dropped off the parcel {tracking} while its code was good, so the code opens nothing any "
            "more. If you still want to send it, ask for a new one where you got this one.",
            ("page",),
            "Nobody dropped off {tracking}: its code has ended. Ask for a new one. {page_url}",
        ),
        "drop_off_called_off": Words(
            "{tracking} isn't to be dropped off",
            "The drop-off of the parcel {tracking} was called off. Its code opens nothing any more: keep the parcel.",
            ("page",),
            "Keep parcel {tracking}: its drop-off was called off. {page_url}",
        ),
        "wanted_back": Words(
            "Take {tracking} out again by {until}",
            "Your parcel {tracking} is still in the locker and isn't sent: the code below takes it out again. A "
            "locker that is offline may need a while to hear of it.",
            ("code", "place", "until", "page"),
            "{tracking} waits for you at {place} until {until}. PIN {pin} takes it out. {page_url}",
        ),
    },
)
