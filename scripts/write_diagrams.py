"""Writes the pages about doors and visits from the cabinet's tables; a test says when that is due."""

from __future__ import annotations

from pathlib import Path

from locker.cabinet import diagram

PAGES = Path(__file__).parents[1] / "docs" / "reference"

if __name__ == "__main__":
    PAGES.mkdir(parents=True, exist_ok=True)
    (PAGES / "doors.md").write_text(diagram.doors_page(), encoding="utf-8")
    (PAGES / "visits.md").write_text(diagram.visits_page(), encoding="utf-8")
