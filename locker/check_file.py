"""The config file of a check: read even while it has holes, changed without touching its comments, written at once."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from locker.commissioning.notes import Notes, from_json, to_json
from locker.commissioning.plan import Box, Front, Place, Plan, Size
from locker.settings import Compartment, Locks, Scanner, Settings, SettingsError
from locker.wiring import Board, Bus


@dataclass(frozen=True, slots=True)
class Opened:
    """A config file as it was found."""

    path: Path
    text: str
    plan: Plan
    scanner: Scanner
    locks: Locks
    data_dir: Path

    @property
    def notes_path(self) -> Path:
        return self.path.with_name(self.path.name + ".check")

    def notes(self) -> Notes:
        """Those of a check that was stopped."""
        return from_json(self.notes_path.read_bytes()) if self.notes_path.exists() else Notes()

    def keep(self, notes: Notes) -> None:
        if notes.observations:
            replaced(self.notes_path, to_json(notes))
        else:
            self.notes_path.unlink(missing_ok=True)

    def compared(self, plan: Plan) -> tuple[str, str]:
        """What would change, as lines of a diff, and why the result could be no config file (or "")."""
        text = changed(self.text, self.plan, plan)
        names = self.path.name, self.path.name + " (new)"
        lines = difflib.unified_diff(self.text.splitlines(), text.splitlines(), *names, lineterm="", n=1)
        return "\n".join(lines), _why_not(text)

    def write(self, plan: Plan) -> Path:
        """Puts the new file in place; returns where the old one is."""
        old = self.path.with_name(self.path.name + ".old")
        shutil.copy2(self.path, old)
        replaced(self.path, changed(self.text, self.plan, plan).encode())
        return old


def opened(path: Path) -> Opened:
    """Raises SettingsError where the file can't be read, or says something that no config may say."""
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
        plan = plan_of(raw)
        scanner, locks = Scanner.model_validate(raw.get("scanner", {})), Locks.model_validate(raw.get("locks", {}))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    except ValidationError as error:
        raise SettingsError(f"{path}: {_spoken(error)}") from error
    data_dir = path.resolve().parent / str(raw.get("locker", {}).get("data_dir", ""))
    return Opened(path, text, plan, scanner, locks, data_dir)


def plan_of(raw: dict[str, Any]) -> Plan:
    """The machine as a parsed file has it. Raises ValidationError."""
    return Plan(
        buses=tuple(Bus.model_validate(one) for one in raw.get("bus", ())),
        boards=tuple(Board.model_validate(one) for one in raw.get("board", ())),
        boxes=tuple(_box(Compartment.model_validate(one)) for one in raw.get("compartment", ())),
        has_scanner=bool(raw.get("scanner", {}).get("port")),
    )


def changed(text: str, before: Plan, after: Plan) -> str:
    """The file's text with what is new in `after`; every other line stays as it is. Raises SettingsError."""
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise SettingsError(f"the config can't be changed: {error}") from error
    _sections(document, "bus", before.buses, after.buses)
    _sections(document, "board", before.boards, after.boards)
    old = {box.n: box for box in before.boxes}
    for box in after.boxes:
        if box.n not in old:
            _rows(document, "compartment").append(_new_box(box))
        elif box != old[box.n]:
            row = next(row for row in _rows(document, "compartment") if row["n"] == box.n)
            _set(row, _wires(box))
    return tomlkit.dumps(document)


def replaced(path: Path, data: bytes) -> None:
    """Writes a file so that, whenever the power goes, either the old one or the new one is there."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if path.exists():
                shutil.copystat(path, file.name)
                if os.geteuid() == 0:
                    # Written by root, it must stay readable for the daemon's user.
                    os.chown(file.name, path.stat().st_uid, path.stat().st_gid)
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _box(one: Compartment) -> Box:
    wire = one.board_lock
    lock = Place("board", *wire) if wire else Place("pin", one.lock_chip, one.lock_pin or 0)
    sensor = one.board_sensor
    on_pin = None if one.door_pin is None else Place("pin", one.door_chip, one.door_pin)
    size = Size(one.size_class, one.width_mm, one.height_mm, one.depth_mm, one.reach)
    front = Front(one.x_mm, one.y_mm, one.front_width_mm, one.front_height_mm)
    return Box(one.n, lock, Place("board", *sensor) if sensor else on_pin, size, one.inverted, front, one.module)


def _sections(
    document: tomlkit.TOMLDocument, name: str, before: tuple[Bus, ...] | tuple[Board, ...], after: tuple[Any, ...]
) -> None:
    old = {one.name: one for one in before}
    for one in after:
        values = one.model_dump(mode="json", exclude_defaults=True)
        if one.name not in old:
            _rows(document, name).append(_table(values))
        elif one != old[one.name]:
            row = next(row for row in _rows(document, name) if row["name"] == one.name)
            was = old[one.name].model_dump(mode="json", exclude_defaults=True)
            _set(row, {key: values.get(key) for key in was.keys() | values.keys() if was.get(key) != values.get(key)})


def _rows(document: tomlkit.TOMLDocument, name: str) -> AoT:
    if name not in document:
        document.append(name, tomlkit.aot())
    rows = document[name]
    assert isinstance(rows, AoT), f"[[{name}]] is a list of sections"
    return rows


def _set(row: Any, values: dict[str, object]) -> None:
    """Only what differs is touched: None takes a line away."""
    for key, value in values.items():
        if value is None:
            row.pop(key, None)
        elif row.get(key) != value:
            row[key] = value


def _wires(box: Box) -> dict[str, object]:
    """Where its wires end, as keys of a compartment; None: not there."""
    lock, switch = box.lock, box.switch
    on_board = lock.kind == "board"
    values: dict[str, object] = dict.fromkeys(
        ("board", "lock", "lock_pin", "lock_chip", "sensor_board", "sensor", "door_pin", "door_chip")
    )
    if on_board:
        values |= {"board": lock.name, "lock": lock.channel}
    else:
        values |= {"lock_pin": lock.channel, "lock_chip": lock.name or None}
    if switch and switch.kind == "pin":
        values |= {"door_pin": switch.channel, "door_chip": switch.name or None}
    elif switch and switch != lock:
        same_board = on_board and switch.name == lock.name
        values |= {"sensor_board": None if same_board else switch.name, "sensor": switch.channel}
    return values | {"inverted": box.inverted or None}


def _new_box(box: Box) -> Table:
    size, front = box.size, box.front
    return _table(
        {"n": box.n, **_wires(box), "size_class": size.size_class}
        | {"width_mm": size.width_mm, "height_mm": size.height_mm, "depth_mm": size.depth_mm, "reach": size.reach}
        | {"module": box.module, "x_mm": front.x_mm, "y_mm": front.y_mm}
        | {"front_width_mm": front.width_mm, "front_height_mm": front.height_mm}
    )


def _table(values: dict[str, Any]) -> Table:
    table = tomlkit.table()
    for key, value in values.items():
        if value is not None:
            table.add(key, value)
    return table


def _why_not(text: str) -> str:
    try:
        Settings.model_validate(tomllib.loads(text))
    except ValidationError as error:
        return _spoken(error)
    return ""


def _spoken(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in error.errors())
