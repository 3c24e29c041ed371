"""Two workers on one server, beside each other: what neither of them may decide or hold up alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hub_service.handlers import redirects, reports, sites, waits
from hub_service.handlers.hub import Hub, MovedClock
from hub_service.handlers.sheet import Sheet
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Recipient, Redirection
from hub_service.store import keys
from hub_service.store.location import Server
from hub_service.store.postgres import PostgresStore
from tests.hub.conftest import Journal, names_of
from tests.servers.where import SHARED

pytestmark = pytest.mark.postgresql
WAIT_S = 20.0


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return SHARED.of(tmp_path)


@pytest.fixture
def hub(server: Server, tmp_path: Path, clock: Any) -> Iterator[Hub]:
    keys.create(tmp_path)
    yield from worker(server, tmp_path, clock)


@pytest.fixture
def other(hub: Hub, server: Server, tmp_path: Path, clock: Any) -> Iterator[Hub]:
    """The same hub in another process."""
    yield from worker(server, tmp_path, clock)


def worker(server: Server, folder: Path, clock: Any) -> Iterator[Hub]:
    secret = keys.load(folder)
    store = PostgresStore(server, secret.vault)
    yield Hub(store, secret, MovedClock(clock, store), "http://hub.example")
    store.close()


def begun(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def until_one_waits(server: Server, thread: threading.Thread) -> None:
    """Somebody has come to where another one stands in the way."""
    with psycopg.connect(server.url, autocommit=True) as db:
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        while thread.is_alive() and db.execute(waiting).fetchone() is None:
            thread.join(0.01)


def test_a_code_that_is_spread_over_two_lockers_ends_with_the_last_of_both(
    hub: Hub, other: Hub, server: Server, set_up: Callable[..., Journal], send: Callable[..., ParcelView]
) -> None:
    elm, oak = set_up("elm"), set_up("oak")
    ada = Recipient(name="Ada", email="ada@example.org")
    here, there = send(recipient=ada), send(recipient=ada)
    assert isinstance(redirects.redirect(hub, Redirection(parcel_id=there.id, locker_id="oak")), ParcelView)
    for locker, parcel in ((elm, here), (oak, there)):
        locker.catch_up()
        locker.tell(locker.deposits(parcel, 1))
    (_, code), (_, same) = names_of(hub, here), names_of(hub, there)
    assert code == same, "one code opens both"
    elm.write(elm.collects(here, 1))
    oak.write(oak.collects(there, 1))
    at_elm, at_oak = elm.batch(), oak.batch()
    # Both are told of at once, to two workers, and neither sees what the other is about to write.
    with hub.store.write(("elm",)) as db:
        reports._all_taken(Sheet(db, hub, alone=False), [("elm", at_elm)])
        thread = begun(lambda: reports.take(other, "oak", at_oak))
        until_one_waits(server, thread)
    reports.take(hub, "elm", at_elm)
    thread.join(WAIT_S)
    with hub.store.read() as seen:
        states = {row[0] for row in seen.execute("SELECT state FROM deliveries")}
        live = seen.execute("SELECT live FROM pickups WHERE id = ?", (code,)).fetchone()[0]
        codes = seen.execute("SELECT COUNT(*) FROM typed_codes WHERE pickup_id = ?", (code,)).fetchone()[0]
    assert (states, live, codes) == ({"ended"}, 0, 0)


def test_old_orders_are_forgotten_beside_those_who_write(
    hub: Hub, other: Hub, set_up: Callable[..., Journal], monkeypatch: pytest.MonkeyPatch
) -> None:
    elm = set_up("elm")
    set_up("oak")
    for _ in range(5):
        sites.serve(hub, "elm", 1, in_service=False)
    elm.catch_up()
    monkeypatch.setattr(waits, "ORDERS_KEPT", 1)
    with hub.store.write(("oak",)):
        thread = begun(lambda: waits.forget_old_orders(other))
        thread.join(WAIT_S / 4)
        done = not thread.is_alive()
    thread.join(WAIT_S)
    assert done, "what is about one locker waits for nobody at another"
    with hub.store.read() as db:
        numbers = [row[0] for row in db.execute("SELECT number FROM orders WHERE locker_id = 'elm' ORDER BY number")]
    assert numbers == [elm.position[1] - 1, elm.position[1]]
