"""Which cells of the machines for doors and visits were reached, noted from outside while their shipping code runs."""

from __future__ import annotations

from typing import Any

from locker.cabinet import door, talk


def every_cell() -> list[str]:
    """All cells of both tables, each as machine, state and happening."""
    doors = [f"door {phase} {happening}" for phase, happening in door.TABLE]
    return doors + [f"visit {stage} {happening}" for stage, happening in talk.TABLE]


def counted(cells: set[str]) -> list[tuple[Any, str, Any]]:
    """Replacements that note each cell and then do what ships."""
    happens, goes = door.Door.happens, talk.Talk.goes

    def noted_door(self: door.Door, happening: door.Happening) -> None:
        cells.add(f"door {self.phase} {happening}")
        happens(self, happening)

    def noted_talk(self: talk.Talk, happening: talk.Happening) -> None:
        cells.add(f"visit {self.stage} {happening}")
        goes(self, happening)

    return [(door.Door, "happens", noted_door), (talk.Talk, "goes", noted_talk)]
