"""Who steals a locker's card or the hub's disk, or listens on the bus, learns no name, no address and no code."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from hub_service.settings import DATABASE
from tests.pair.town import Town

MEMORY = Path("/dev/shm")


@pytest.mark.parametrize("by_pin", [False, True], ids=["ticket", "pin"])
def test_a_parcels_whole_story_leaves_no_secrets_behind(by_pin: bool) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        town = Town(Path(folder))
        elm = town.locker("elm", "S M")
        parcel = town.announce("hildegard", "elm")
        town.deposit(elm, parcel)
        elm.choose("done")
        elm.type("00000000")
        elm.scan(f"{parcel.ticket[:-1]}7")
        town.wait(30)
        town.collect(elm, parcel, pin=by_pin)
        town.agree()
        todays = town.courier_code
        card = b"".join(spelled.encode() for (spelled,) in elm._card.execute("SELECT fact FROM entries"))
        disk = b"".join(file.read_bytes() for file in Path(folder).glob(f"{DATABASE}*"))
        town.stop()
    secrets = [parcel.pin, parcel.ticket, "hildegard@example.org", parcel.page_path, todays]
    for place, content in {"card": card, "bus": b"".join(town.bus.overheard)}.items():
        assert content, f"the {place} says something"
        assert [secret for secret in (*secrets, "hildegard") if secret.encode() in content] == [], place
    assert [secret for secret in secrets if secret.encode() in disk] == [], "the hub's database"
