"""After the parcel was taken: one tap to say how it was, and the end of what the hub knows about its recipient."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from hub_service.domain import deadlines
from hub_service.handlers import afterwards, help_desk, looks
from hub_service.store import outbox
from tests.servers.where import TABLES

NAME, EMAIL = "Mira Berg", "mira.berg@example.org"


@pytest.fixture
def parcel(town: Any) -> Any:
    """A parcel that waits for Mira Berg."""
    announced = town.announce(name=NAME, email=EMAIL)
    town.deposit(announced)
    return announced


def everything(town: Any) -> bytes:
    """The whole database, and what its vault can open."""
    with town.hub.store.read() as db:
        sealed = [row[0] for row in db.execute("SELECT recipient_sealed FROM parcels")]
        sealed += [row[0] for row in db.execute("SELECT content_sealed FROM notices_outbox") if row[0]]
    opened = b""
    for one in sealed:
        for purpose in ("recipient", "notice"):
            try:
                opened += repr(town.hub.store.vault.open(one, purpose)).encode()
            except Exception:  # noqa: BLE001 - only one purpose fits each
                continue
    return opened + "\n".join(_dump(town)).encode()


def _dump(town: Any) -> list[str]:
    with town.hub.store.read() as db:
        tables = [row[0] for row in db.execute(TABLES)]
        return [repr(tuple(row)) for table in tables for row in db.execute(f"SELECT * FROM {table}")]


def test_one_tap_says_how_it_was_and_another_one_changes_it(town: Any, visitor: httpx.Client, parcel: Any) -> None:
    town.collect(parcel)
    assert "How was it?" in visitor.get(town.page(parcel)).text
    visitor.post(f"{town.page(parcel)}/rate", data={"stars": "2"})
    page = visitor.post(f"{town.page(parcel)}/rate", data={"stars": "5"}).text
    assert "Thank you for 5 of 5" in page
    assert afterwards.stars(town.hub, parcel.id) == 5


@pytest.mark.parametrize("stars", ["0", "6"])
def test_there_are_one_to_five_stars(town: Any, visitor: httpx.Client, parcel: Any, stars: str) -> None:
    town.collect(parcel)
    assert visitor.post(f"{town.page(parcel)}/rate", data={"stars": stars}).status_code == 409
    assert afterwards.stars(town.hub, parcel.id) is None


def test_a_parcel_that_waits_is_not_rated_yet(town: Any, visitor: httpx.Client, parcel: Any) -> None:
    assert visitor.post(f"{town.page(parcel)}/rate", data={"stars": "5"}).status_code == 409


def test_thirty_days_later_nobody_knows_who_it_was_for(town: Any, visitor: httpx.Client, parcel: Any) -> None:
    town.send_notices()
    town.collect(parcel)
    town.send_notices()
    assert NAME.encode() in everything(town)
    town.hub.clock.move(deadlines.KEPT_S - 3_600)
    assert afterwards.erase_due(town.hub) == 0
    town.hub.clock.move(2 * 3_600)
    assert afterwards.erase_due(town.hub) == 1
    assert NAME.encode() not in everything(town) and EMAIL.encode() not in everything(town)
    assert not outbox.mailbox(town.hub.store)
    assert help_desk.find(town.hub, EMAIL) == ()
    assert "Nobody can see any more who this parcel was for" in visitor.get(town.page(parcel)).text
    assert [event.kind for event in looks.events(town.hub, parcel_id=parcel.id)][-1] == "erased"


def test_who_asks_is_forgotten_a_day_later(town: Any, visitor: httpx.Client, parcel: Any) -> None:
    town.collect(parcel)
    assert "erased a day from now" in visitor.post(f"{town.page(parcel)}/erase").text
    town.hub.clock.move(deadlines.ERASED_AFTER_S + 1)
    assert afterwards.erase_due(town.hub) == 1


def test_a_parcel_that_still_waits_keeps_its_recipient_until_it_is_over(
    town: Any, visitor: httpx.Client, parcel: Any
) -> None:
    visitor.post(f"{town.page(parcel)}/erase")
    town.hub.clock.move(deadlines.ERASED_AFTER_S + 1)
    assert afterwards.erase_due(town.hub) == 0
    town.collect(parcel)
    assert afterwards.erase_due(town.hub) == 1


def test_a_page_that_nobody_was_given_neither_rates_nor_erases(town: Any, visitor: httpx.Client) -> None:
    for what in ("rate", "erase"):
        assert visitor.post(f"/p/{'0' * 32}/{what}", data={"stars": "5"}).status_code == 404
