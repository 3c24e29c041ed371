"""For every kind of alarm: what causes it, what to do next, in which order, and how soon. Generated into the docs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Urgency = Literal["now", "today", "note"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the runbook. `now` wakes somebody up, `today` waits for the morning, `note` waits to be read."""

    urgency: Urgency
    cause: str
    steps: tuple[str, ...]


_LOOK = "Sign in at the locker with your code, tap the compartment, choose “Open”, and say what you have seen."
_CHECK = "On the locker `systemctl stop locker`, `locker check`, and start it again."
_SKIP = "Say `skip` at every door but this one: each other yes opens a compartment that may hold a parcel."

RUNBOOK: dict[str, Entry] = {
    "safety_release": Entry(
        "now",
        "The door of a box that could hold a child fell shut with nobody signed in; the locker opened it again.",
        ("Call somebody near by, or the help number's owner, to look into the box at once.", _LOOK),
    ),
    "emergency_open": Entry(
        "now",
        "An operator had a compartment opened from afar without its recipient's or a second person's yes.",
        ("Ask them why, now: the audit log says who it was.", "Close the alarm when the reason is good.", _LOOK),
    ),
    "spoiled": Entry(
        "now",
        "A cooled compartment was too warm for too long: what lies in it must not be eaten.",
        ("Take the compartment out of service.", "Tell the carrier: the parcel needs to be replaced.", _LOOK),
    ),
    "forced_open": Entry(
        "now",
        "A door opened that nobody had released: a crowbar, a key, or a lock that doesn't hold.",
        ("Ask the place's owner to look at once, or the police.", _LOOK, "Have the lock checked before it is used."),
    ),
    "tampered": Entry(
        "now",
        "The loop through the locker's housing is open: somebody has opened it, or a wire has come off.",
        ("Ask who is working there.", "Otherwise send somebody; nothing opens because of it."),
    ),
    "fork": Entry(
        "now",
        "The memory card was restored from an older image, or two lockers run with copies of it.",
        (
            "Make sure that there is only one locker with this card.",
            "Go and look into the compartments that are marked as uncertain; codes for them work again afterwards.",
        ),
    ),
    "guessing": Entry(
        "today",
        "Many wrong PINs were typed, by somebody who guesses or somebody who is lost.",
        ("Nothing has to be done: the keypad pauses by itself.", "If it goes on for days, look at who stands there."),
    ),
    "offline": Entry(
        "today",
        "The locker can't be reached: its power, its network, or what lies between. People can still collect.",
        (
            "Are others silent as well? Then it is the network or the broker: look there first.",
            "Call the place: is the screen on? Ask for the plug and the router's lamp.",
            "With the screen on, the network is gone: restart the router. Without: a fuse, or the power supply.",
        ),
    ),
    "mains_failed": Entry(
        "today",
        "The locker runs from its battery. It opens no doors meanwhile, and ends when the battery is empty.",
        ("Call the place: a fuse, or the whole street?", "It goes on by itself when the power is back."),
    ),
    "too_warm": Entry(
        "today",
        "A cooled compartment is warmer than it should be: its door isn't quite shut, or the cooling is weak.",
        ("Look whether its door is shut.", "Take it out of service if it stays warm."),
    ),
    "welded": Entry(
        "today",
        "A lock stays released: its relay has welded together, or its hook is worn.",
        (
            "The compartment is out of service already.",
            "Switch its power off before you touch it.",
            "Change the relay.",
        ),
    ),
    "jammed": Entry(
        "today",
        "A lock was pulsed three times and its door stayed shut: something presses against it, or the lock is stuck.",
        ("Its parcel keeps its recipient, who was told.", "Go with the key, free it, and look.", _LOOK),
    ),
    "lock_silent": Entry(
        "today",
        "A lock doesn't answer: its board, its cable or its coil.",
        ("Several on one board: look at the board's cable first.", f"{_CHECK} The check says which of them.", _SKIP),
    ),
    "device_lost": Entry(
        "today",
        "A part of the locker is silent: the scanner, a lock board or the process that holds the locks.",
        ("Check its cable; it is found again by itself.", f"If it stays away: {_CHECK} Say `stop` at the first door."),
    ),
    "displaced": Entry(
        "today",
        "Two parcels claim one compartment: one of them lies elsewhere.",
        ("Look for the other one where the courier stood.", _LOOK),
    ),
    "not_fetched": Entry(
        "today",
        "No courier of its carrier has fetched what was dropped off.",
        ("Call the carrier, with the parcel's number.", "See whether its couriers' codes are good at this locker."),
    ),
    "missing": Entry(
        "today",
        "A parcel doesn't lie where the locker put it down.",
        ("Ask the courier and the recipient.", "Look into the compartments beside it.", _LOOK),
    ),
    "unknown_delivery": Entry(
        "today",
        "Something lies in a compartment that this hub knows nothing of.",
        ("Look at its label and search for its number.", _LOOK),
    ),
    "contents_uncertain": Entry(
        "today",
        "Nobody knows what lies in a compartment, after a power cut, a forced door or a new card.",
        (_LOOK,),
    ),
    "deposit_refused": Entry(
        "today",
        "A parcel was put in that wasn't to come here any more. Its recipient was told where it is.",
        ("Nothing, if it is collected.", "Otherwise have the next courier take it out."),
    ),
    "parked_report": Entry(
        "today",
        "The locker told something that this hub couldn't apply; later reports about the same thing wait with it.",
        (
            "Read it: `hub parked --data-dir DATA`.",
            "Update the hub if it is too old for this locker.",
            "Try again: `hub parked retry --data-dir DATA`.",
        ),
    ),
    "left_open": Entry(
        "today",
        "A door stands open, and so its compartment can't be used.",
        ("Ask somebody near by to push it shut.", "Look for what keeps it open."),
    ),
    "sensor": Entry(
        "today",
        "A door's switch says nothing any more. The door still opens for its recipient, who is asked what happened.",
        ("Check its wire and its magnet.", _CHECK, _SKIP),
    ),
    "flicker": Entry(
        "today",
        "A door's switch opens and closes all the time: a loose contact, or a door that doesn't hold.",
        ("Check its contact.", _CHECK, _SKIP),
    ),
    "probe_dead": Entry(
        "today",
        "The thermometer of a cooled compartment says nothing that can be believed.",
        ("Check its wire.", "Nothing cooled is promised there until it speaks again."),
    ),
    "seems_empty": Entry(
        "today",
        "The presence sensor sees nothing where a parcel was said to be put in.",
        ("Small or dark parcels can escape it: look only if the recipient complains, or at the next visit.", _LOOK),
    ),
    "seems_full": Entry(
        "today",
        "The presence sensor sees something where nothing should lie.",
        ("Something may have been left behind.", _LOOK),
    ),
    "cooling": Entry(
        "today",
        "A compartment isn't cooled as it should be, and gets no new parcels.",
        ("Look whether its door is shut and its cooling runs.", "It comes back by itself when it is cold again."),
    ),
    "unknown_order": Entry(
        "today",
        "This hub asked for something that the locker's program is too old to know; it did nothing.",
        ("Update the locker's program.",),
    ),
    "fault": Entry(
        "today",
        "A compartment is out of order and gets no new parcels.",
        (_CHECK, _SKIP, "When it is mended, tap it at the locker and choose “Repaired”."),
    ),
}


def entry(kind: str) -> Entry:
    """What to do about an alarm; one of a newer locker is worth a look today."""
    return RUNBOOK.get(kind, Entry("today", "A newer locker says something that this hub has no page for.", (_LOOK,)))
