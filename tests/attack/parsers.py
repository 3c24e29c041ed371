"""Every parser that bytes from outside reach, with valid examples to break. A new one is one more entry in `parsers`.

`feed` gives it one sequence of bytes and fails where something came of it that must not: an exception, a wish to open
a door, a buffer that grows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from struct import pack
from typing import Any, get_args

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from locker.cabinet.actions import Unlock
from locker.cabinet.cabinet import Cabinet
from locker.cabinet.events import Booted, Commissioned, OrdersReceived, PulseEnded, Scanned
from locker.devices import wiegand
from locker.devices.boards import codec_for
from locker.devices.boards.said import BYTES_MAX, Said, Switches, Unlocked, find
from locker.devices.boards.sums import crc16_of, sum_of, xor_of
from locker.devices.bus_board import BusBoard
from locker.devices.card_reader import Rdm6300
from locker.devices.framing import BYTES_MAX as SCAN_MAX
from locker.devices.framing import Framing
from locker.devices.key_events import KeyEvents
from locker.devices.scanners.dialect import Dialect
from locker.devices.scanners.makes import DIALECTS
from locker.settings import Compartment
from locker.wire import carriers, facts, labels, ticket
from locker.wire import codec as wire_codec
from locker.wire.facts import Moment
from locker.wire.messages import FullState, Presence
from locker.wire.orders import Admit, Site, Snapshot, TicketKey
from locker.wiring import MAKES, Board
from tests.attack.mutations import Repair

STRANGER = Ed25519PrivateKey.from_private_bytes(b"\x66" * 32)
HUB = Ed25519PrivateKey.from_private_bytes(b"\x77" * 32)
SAID = get_args(Said)
GOLDEN = Path(__file__).parents[1] / "wire" / "golden"


@dataclass(frozen=True, slots=True)
class Parser:
    """One parser: `open` makes a fresh one and returns what eats bytes."""

    name: str
    seeds: tuple[bytes, ...]
    open: Callable[[], Callable[[bytes], None]]
    repair: Repair | None = None


def parsers() -> list[Parser]:
    """All of them."""
    return [*_boards(), *_scanners(), *_parts(), _label(), _ticket(), _message(), _cabinet()]


def _boards() -> Iterator[Parser]:
    repairs: dict[str, Repair | None] = {
        "kerong-cu48": lambda data: data[:-1] + bytes([sum_of(data[:-1])]),
        "kerong-cu16": lambda data: data[:-1] + bytes([sum_of(data[:-1])]),
        "8a": lambda data: data[:-1] + bytes([xor_of(data[:-1])]),
        "wkly": lambda data: data[:4] + bytes([len(data) & 0xFF]) + data[5:-1] + bytes([xor_of(data[:-1])]),
        "winnsen": None,
        "waveshare": lambda data: data[:-2] + crc16_of(data[:-2]),
    }
    for name, repair in repairs.items():
        frames = tuple(bytes.fromhex(text) for text in FRAMES[name].split(","))
        yield Parser(name, frames, _board_opener(name), repair)


def _board_opener(name: Any) -> Callable[[], Callable[[bytes], None]]:
    make = MAKES[name]
    first = make.addresses[0]
    board = Board(name="b", protocol=name, bus="x", address=max(first, 1), inputs=8 if name == "waveshare" else 0)
    box = Compartment(n=1, board="b", lock=1, size_class="M", width_mm=1, height_mm=1, depth_mm=1)

    def open_one() -> Callable[[bytes], None]:
        told: list[Any] = []
        driver, codec = BusBoard(board, [box], told.append, (0.25, 0.05)), codec_for(board)
        clock = [0.0]

        def feed(data: bytes) -> None:
            clock[0] += 0.1
            whole = codec.decode(data)
            assert isinstance(whole, SAID)
            for said, length in find(codec, data[-BYTES_MAX:]):
                assert 0 < length <= len(data)
                if isinstance(said, Switches | Unlocked):
                    assert said.address in make.addresses, said
                driver.heard(said, clock[0])
            driver.time(clock[0])
            # Doors may seem to move; a pulse that nobody has asked for can't have been given.
            assert not any(isinstance(event, PulseEnded) for event in told), told
            assert not driver.is_energised
            told.clear()

        return feed

    return open_one


def _scanners() -> Iterator[Parser]:
    for make, dialect in DIALECTS.items():
        yield Parser(f"scanner {make}", SCANS, _scanner_opener(dialect))


def _scanner_opener(dialect: Callable[[], Dialect]) -> Callable[[], Callable[[bytes], None]]:
    def open_one() -> Callable[[bytes], None]:
        framing, talk, clock = Framing(1.5), dialect(), [0.0]

        def feed(data: bytes) -> None:
            clock[0] += 0.3
            heard = talk.feed(data)
            scans = framing.feed(heard.text, clock[0])
            if len(data) % 3 == 0:
                scans += framing.feed(talk.gap().text, clock[0]) + framing.gap(clock[0])
            assert all(scan.text and len(scan.text) <= SCAN_MAX for scan in scans)
            # Only an acknowledgement is ever sent because of what has come.
            assert len(heard.reply) <= 64

        return feed

    return open_one


def _parts() -> Iterator[Parser]:
    def pad(long_bytes: int) -> Callable[[], Callable[[bytes], None]]:
        def open_one() -> Callable[[bytes], None]:
            events = KeyEvents(long_bytes)

            def feed(data: bytes) -> None:
                assert set(events.feed(data)) <= {*"0123456789", "clear", "ok"}

            return feed

        return open_one

    def open_reader() -> Callable[[bytes], None]:
        reader, clock = Rdm6300(), [0.0]

        def feed(data: bytes) -> None:
            clock[0] += 10.0
            assert all(len(number) == 10 for number in reader.feed(data, clock[0]))

        return feed

    def open_lines() -> Callable[[bytes], None]:
        def feed(data: bytes) -> None:
            meant = wiegand.decode("".join("01"[byte & 1] for byte in data))
            assert meant is None or len(data) in (4, 8, 26, 34)

        return feed

    for long_bytes, form in ((8, "=qqHHi"), (4, "=iiHHi")):
        presses = tuple(pack(form, 1, 1, 1, code, 1) for code in (79, 2, 28, 14))
        yield Parser(f"number pad, {8 * long_bytes} bits", presses, pad(long_bytes))
    yield Parser("card reader", (b"\x020A001234567A\x03",), open_reader)
    yield Parser("wiegand", (b"0101", b"11110000", b"01" * 13, b"01" * 17), open_lines)


def _label() -> Parser:
    def open_one() -> Callable[[bytes], None]:
        def feed(data: bytes) -> None:
            text = data.decode("latin-1")
            name = labels.canonical(text)
            assert name == "" or labels.canonical(name) == name
            carriers.kind(text)

        return feed

    return Parser("label", SCANS, open_one)


def _ticket() -> Parser:
    def open_one() -> Callable[[bytes], None]:
        key = HUB.public_key()

        def feed(data: bytes) -> None:
            signed = ticket.read(data.decode("latin-1"))
            assert signed is None or not signed.signed_by(key), "a ticket that nobody has signed"

        return feed

    return Parser("ticket", tuple(text.encode() for text in _tickets()), open_one)


def _message() -> Parser:
    seeds = tuple(path.read_bytes() for path in sorted(GOLDEN.rglob("*.json")))[:60]
    presence = wire_codec.encode(Presence(locker="elm", run="ab" * 8, online=True), STRANGER)

    def open_one() -> Callable[[bytes], None]:
        key = HUB.public_key()

        def feed(data: bytes) -> None:
            try:
                wire_codec.decode(data, key)
            except wire_codec.WireError:
                return
            raise AssertionError("a message that the hub hasn't signed")

        return feed

    return Parser("message", (presence, *seeds), open_one)


def _cabinet() -> Parser:
    """Scans into a locker with a parcel in it: whatever they say, no lock is pulsed."""

    def open_one() -> Callable[[bytes], None]:
        cabinet, framing, run_ms = _stocked(), Framing(0.2), [10_000]

        def feed(data: bytes) -> None:
            run_ms[0] += 1_000
            for scan in framing.feed(data, run_ms[0] / 1000) + framing.gap(run_ms[0] / 1000):
                now = Moment(run_ms=run_ms[0], wall_ms=run_ms[0])
                scanned = Scanned(text=scan.text, visit="0" * 16, symbology=scan.symbology)
                actions = cabinet.step(scanned, now)
                assert not any(isinstance(action, Unlock) for action in actions), scan

        return feed

    return Parser("cabinet", (*SCANS, *(text.encode() + b"\r" for text in _tickets())), open_one)


def _stocked() -> Cabinet:
    box = Compartment(n=1, lock_pin=1, door_pin=2, size_class="M", width_mm=380, height_mm=200, depth_mm=600)
    public = HUB.public_key().public_bytes_raw().hex()
    orders = (Site(name="Bench", keys=(TicketKey(kid=1, public_key=public),)), Admit(pickup="ab" * 8, generation=1))
    snapshot = wire_codec.snapshot_to_json(Snapshot(orders=orders))
    state = FullState(locker="elm", epoch="e", number=1, digest="33" * 32, snapshot=snapshot)
    moment = Moment(run_ms=1, wall_ms=1)
    booted = Booted(
        run="44" * 8, locker="elm", number=1, software="x", compartments=(box.spec(),), doors_open={1: False}
    )  # fmt: skip
    draft = Cabinet()
    recorded: list[Any] = []
    for event in (booted, Commissioned(), OrdersReceived(message=state)):
        recorded += [action.fact for action in draft.step(event, moment) if hasattr(action, "fact")]
    recorded.append(facts.Deposited(at=moment, n=1, visit="v", delivery="ab" * 8 + ".1", pickup="ab" * 8))
    cabinet = Cabinet()
    cabinet.replay(recorded)
    cabinet.step(booted, moment)
    return cabinet


def _tickets() -> list[str]:
    """Tickets for the very parcel that lies inside, signed by somebody else."""
    kinds: tuple[Any, ...] = ("deposit", "pickup")
    return [
        ticket.issue(
            ticket.Ticket(
                type=kind, kid=1, home=1, pickup="ab" * 8, generation=1, not_after_s=2**31,
                size_class="S" if kind == "deposit" else "", pin_tag="0" * 32 if kind == "deposit" else "",
            ),
            STRANGER,
        )
        for kind in kinds
    ]  # fmt: skip


def cases(parser: Parser, seed: int, count: int) -> Iterator[bytes]:
    """So many broken sequences for one parser, always the same for one seed."""
    from tests.attack.mutations import broken

    chance = Random(f"{parser.name} {seed}")
    for _ in range(count):
        yield broken(parser.seeds, parser.repair, chance)


# Frames as makers and users show them, of both directions.
FRAMES = {
    "kerong-cu48": "02 00 00 50 03 55,02 01 00 65 00 00 80 00 00 00 03 EB,02 00 00 51 03 56,02 00 30 51 03 86",
    "kerong-cu16": "02 00 30 03 35,02 00 31 03 36,02 00 33 03 38,02 10 35 FE FF 00 00 03 47,02 00 37 00 37 03 73",
    "8a": "8A 01 01 11 9B,80 01 01 11 91,80 01 00 33 B2,80 01 01 01 01 33 B3,82 01 01 00 82,90 01 02 02 02 93",
    "wkly": "57 4B 4C 59 0B 01 82 00 01 00 80,57 4B 4C 59 0E 00 84 00 04 00 01 01 00 87,57 4B 4C 59 0A 00 85 01 01 86",
    "winnsen": "90 06 05 01 05 03,90 07 85 01 05 01 03,90 07 92 01 00 05 03",
    "waveshare": "01 05 02 00 00 05 0C 71,01 02 00 00 00 08 79 CC,01 02 01 05 61 8B,01 85 02 C3 51",
}
SCANS = (
    b"]C100376130321109103420\r", b"]Q1HTTPS://ID.GS1.ORG/00/376130321109103420\r\n", b"RR473124829GB\r", b"L1\r",
    b"1Z999AA10123456784", b"12345678\r", b"]d20101234567890128\x1d21AB\r", b"\x02\x00\x00\x01\x00\x33\x31",
    b"\x05\xd1\x04\x00\x01\xff\x25", b"\x0b\xf3\x00\x00\x03ABCDEF\xfd\x5b", b"\x06", b"~\x010000@SCNMOD0\x06;\x03",
    b"\xd0\x04\x00\x00\xff\x2c", "Stra\u00dfe \u20ac 5\r".encode(), b"\xc4\xe3\xba\xc3\r",
)  # fmt: skip
