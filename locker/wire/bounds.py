"""How big and how long what is said may be: a value outside would hurt the reader later, so it is refused at the door.

Whole numbers stay within what JSON, SQLite and PostgreSQL all keep exactly. The bounds are wide on purpose: they may
grow within a wire version and never shrink.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

WHOLE_MAX = 2**53 - 1

Count = Annotated[int, Field(ge=0, le=WHOLE_MAX)]
"""How many, or which one, from 0."""

WallMs = Annotated[int, Field(ge=-WHOLE_MAX, le=WHOLE_MAX)]
"""Unix time in milliseconds; a clock that nobody has set may say anything."""

Number = Annotated[int, Field(ge=1, le=999)]
"""A compartment, as written on its door."""

NumberOrNone = Annotated[int, Field(ge=0, le=999)]
"""A compartment, or 0 for none."""

Millimetres = Annotated[int, Field(ge=0, le=100_000)]

LockerId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]

LockerIdOrNone = Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9-]{0,39})?$")]

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in small hex digits."""

DigestOrNone = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]

Tag = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]

TagOrNone = Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")]
"""What `access_tag` gives, or nothing."""

PublicKey = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

Octet = Annotated[int, Field(ge=0, le=255)]

Name = Annotated[str, Field(max_length=128)]
"""An id that somebody has drawn."""

Words = Annotated[str, Field(max_length=1_000)]
"""A text for people, or a label as a scanner reads it."""
