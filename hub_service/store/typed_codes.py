"""Whether what somebody types opens something already: PINs of pickups and delegates, codes of staff of any day.

`typed_codes` holds one code of each pickup and pass, by triggers; whoever may have several codes has a table of their
own. All of them are drawn inside a transaction that nobody shares, so asking here first is enough.
"""

from __future__ import annotations

from hub_service.store.errors import IntegrityError
from hub_service.store.sql import Connection


def refuse_if_several_have(db: Connection, lookup: str) -> None:
    """Raises IntegrityError, as a constraint would, where a delegate has this code, or somebody of the staff a day."""
    if is_one_of_several(db, lookup):
        raise IntegrityError("this code opens something else")


def is_one_of_several(db: Connection, lookup: str) -> bool:
    """Whether a delegate has this code, or a member of staff on some day."""
    row = db.execute("SELECT 1 FROM delegates WHERE pin_lookup = ? AND ended_s IS NULL", (lookup,)).fetchone()
    day = db.execute("SELECT 1 FROM day_codes WHERE lookup = ?", (lookup,)).fetchone()
    return row is not None or day is not None


def is_in_use(db: Connection, lookup: str) -> bool:
    """Whether anybody has this code."""
    known = db.execute("SELECT 1 FROM typed_codes WHERE lookup = ?", (lookup,)).fetchone()
    return known is not None or is_one_of_several(db, lookup)
