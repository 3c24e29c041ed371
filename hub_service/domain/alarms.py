"""What a person has to look at, and how it is said to an operator."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "safety_release": "A door was released at once because it closed outside a visit and the box could hold a child.",
    "forced_open": "A door was opened by force: go and look.",
    "left_open": "A door stands open: somebody near by may push it shut.",
    "guessing": "Many wrong codes were typed; the keypad pauses, QR codes go on working.",
    "unknown_delivery": "Something lies in a compartment that the hub knows nothing of: look at its label.",
    "unknown_order": "The locker can't read an order of this hub, and waits with all later ones: update its program.",
    "device_lost": "A part of the locker is silent: check its cable.",
    "contents_uncertain": "Nobody knows what lies in this compartment: look, and say so at the locker.",
    "displaced": "A parcel was put where another one should lie: look for the other one.",
    "missing": "A parcel doesn't lie where it should: look for it.",
    "not_fetched": "What a sender has dropped off lies there for days: tell its carrier to fetch it.",
    "welded": "A door doesn't stay shut: its relay may have welded or its hook is worn. Switch its power off and go.",
    "jammed": "A door doesn't open although its lock is pulsed: go and free it; its parcel keeps its recipient.",
    "lock_silent": "A lock doesn't answer: check its board, its cable and its coil.",
    "sensor": "A door's switch says nothing: check its wire. The door still opens for its recipient.",
    "flicker": "A door's switch opens and closes all the time: check its contact.",
    "mains_failed": "The mains have failed: the locker runs on its battery, and no door opens until they are back.",
    "tampered": "The locker's case was opened: if nobody of yours is working there, go and look.",
    "too_warm": "A cooled compartment is too warm: what lies inside has to be collected soon.",
    "spoiled": "A cooled compartment was too warm for too long: what lies inside can't be given out as food.",
    "probe_dead": "A cooled compartment's thermometer is dead: nobody knows how warm it is. Check its wire.",
    "seems_empty": "A sensor sees nothing where a parcel should lie: look, and say so at the locker.",
    "seems_full": "A sensor sees something in a compartment that should be empty: look, and say so at the locker.",
    "cooling": "A compartment isn't cooled as it should be and gets no new parcels.",
    "fault": "A compartment is out of order and gets no new parcels.",
    "offline": "The locker can't be reached; people can still collect.",
    "emergency_open": "An operator had an occupied compartment opened alone, from afar: ask what for.",
    "fork": "The locker's memory card was restored from an older image, or there are two of it: check it.",
    "parked_report": "A report couldn't be applied and waits: look at it with `hub parked`.",
    "deposit_refused": "A parcel was put in that wasn't to come here any more: its recipient was told where it is.",
}

FAULTS = frozenset(("welded", "jammed", "lock_silent", "sensor", "flicker"))
"""Faults that are said by a sentence of their own."""


def sentence(kind: str) -> str:
    """How this alarm is said; one of a newer locker is said by its name."""
    return SENTENCES.get(kind, f"The locker says: {kind.replace('_', ' ')}.")
