"""What a database says no with: both raise the classes that Python's own driver has."""

from __future__ import annotations

import sqlite3

IntegrityError = sqlite3.IntegrityError
"""A constraint has refused the statement."""

OperationalError = sqlite3.OperationalError
"""The database itself is in trouble: its disk, its locks, the way to it."""
