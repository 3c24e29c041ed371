"""Many lockers are made known at once, all or none, and those that were there hear of them in one order."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import pytest

from hub_service import cli
from hub_service.domain.refusals import Refusal
from hub_service.handlers import introducing, orders, sites
from hub_service.handlers.hub import Hub
from hub_service.store import lockers, neighbours


def wish(number: int, **more: object) -> sites.NewLocker:
    return sites.NewLocker(
        id=f"many-{number}", number=number, name=f"Many {number}", where="", public_key=f"{number:064x}", **more
    )


def test_all_are_known_with_a_code_key_each(hub: Hub) -> None:
    made = introducing.add_lockers(hub, [wish(number) for number in range(101, 106)])
    assert not isinstance(made, Refusal)
    assert len({one.code_key for one in made}) == 5
    with hub.store.read() as db:
        assert lockers.find(db, "many-103") is not None


def test_one_that_is_known_already_keeps_all_others_out(hub: Hub) -> None:
    introducing.add_lockers(hub, [wish(103)])
    refused = introducing.add_lockers(hub, [wish(number) for number in range(101, 106)])
    assert isinstance(refused, Refusal) and refused.code == "duplicate_locker"
    with hub.store.read() as db:
        assert lockers.find(db, "many-101") is None


def test_an_older_neighbour_hears_of_all_in_one_order(hub: Hub) -> None:
    introducing.add_lockers(hub, [wish(101)])
    introducing.add_lockers(hub, [wish(number) for number in range(102, 106)])
    with hub.store.read() as db:
        known = lockers.find(db, "many-101")
        assert known is not None and known.last_order == 1


def test_the_nearest_are_named_and_those_without_a_place_come_last(hub: Hub) -> None:
    places = [wish(200 + far, latitude=50.0 + far / 100, longitude=10.0) for far in range(8)]
    introducing.add_lockers(hub, [*places, wish(300)])
    with hub.store.read() as db:
        here = lockers.find(db, "many-200")
        assert here is not None
        assert [one.number for one in neighbours.nearest(db, here, 3)] == [201, 202, 203]
        everybody = {one.number for one in neighbours.nearest(db, here, 1_000)}
    assert {*range(201, 208), 300} <= everybody and 200 not in everybody


def test_whoever_names_a_locker_is_within_its_sight(hub: Hub) -> None:
    """So that only these are asked when it comes or moves; of a country's lockers hardly any others."""
    chance = random.Random(5)
    places = [
        wish(number, latitude=50 + chance.gauss(0, 1) ** 3, longitude=10 + chance.gauss(0, 1) ** 3)
        for number in range(1, 301)
    ]
    introducing.add_lockers(hub, [*places, *(wish(number) for number in (301, 302, 303))])
    looked = 0
    with hub.store.read() as db:
        everybody = lockers.every(db)
        named = {one.id: {other.number for other in neighbours.nearest(db, one, 9)} for one in everybody}
        for one in everybody[::3]:
            seen = set(neighbours.within_sight(db, one, 9))
            assert {name for name, numbers in named.items() if one.number in numbers} <= seen
            looked += len(seen) if one.latitude is not None else 0
    assert looked / len(everybody[::3]) < 80


def test_those_around_the_new_place_hear_of_it_and_nobody_without_need(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "NEIGHBOURS_MAX", 2)
    monkeypatch.setattr(sites, "NEIGHBOURS_MAX", 2)
    places = {number: 50 + number / 10 for number in range(1, 5)} | {number: 60 + number / 10 for number in range(5, 9)}
    introducing.add_lockers(hub, [wish(number, latitude=north, longitude=10.0) for number, north in places.items()])
    before = _last_orders(hub)
    sites.move_site(hub, "many-1", sites.SiteWords(name="Many 1", latitude=60.45, longitude=10.0))
    moved = {name for name, last in _last_orders(hub).items() if last > before[name]}
    # The second named it, the fifth does now, and it names others itself.
    assert moved == {"many-1", "many-2", "many-5"}


def _last_orders(hub: Hub) -> dict[str, int]:
    with hub.store.read() as db:
        return {one.id: one.last_order for one in lockers.every(db)}


def test_the_command_reads_lines_and_answers_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "hub")
    cli.main(["init", "--data-dir", folder])
    capsys.readouterr()
    lines = [
        json.dumps({"id": f"l-{n}", "number": n, "name": f"L {n}", "where": "", "public_key": f"{n:064x}"})
        for n in (1, 2)
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    assert cli.main(["add-lockers", "--data-dir", folder]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["id"] for one in said] == ["l-1", "l-2"] and len(said[0]["code_key"]) == 64


def test_a_line_that_cant_be_used_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "hub")
    cli.main(["init", "--data-dir", folder])
    bad = {"id": "Elm!", "number": 1, "name": "", "where": "", "public_key": "0" * 64}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(bad)))
    assert cli.main(["add-lockers", "--data-dir", folder]) == 1
    assert "line 1" in capsys.readouterr().err
