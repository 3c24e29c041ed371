"""The locker that is measured: the demo's largest one, with all of its locks and switches on pins."""

from __future__ import annotations

from dataclasses import replace

from locker.twin.sites import SITES

SITE = replace(SITES[2], wiring="pins")
