"""Every frame that makers' papers and others' programs show, and what no program may ever send."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from locker.devices.boards import codec_of
from locker.devices.boards.said import (
    Changed,
    Command,
    Refused,
    Remark,
    Request,
    Switches,
    Unclear,
    Unlocked,
    explain,
    find,
    is_answer,
)
from locker.devices.boards.sums import crc16_of, sum_of, xor_of
from locker.wiring import MAKES, OutOfRange

EVERY_LOCK = "DANGER, unlock every lock it reaches; this program never sends that"
EVERY_LOCK_OF_IT = "DANGER, unlock every lock of a board; this program never sends that"
SHUT_48 = {lock: lock in (1, 2, 3, 47, 48) for lock in range(1, 49)}
ON_24 = {lock: lock in (1, 9, 17) for lock in range(1, 25)}

# What we send, and how it is asked for: protocol, bytes, call.
SENT: tuple[tuple[Any, str, tuple[Any, ...]], ...] = (
    ("kerong-cu48", "02 00 00 50 03 55", ("status", 0)),
    ("kerong-cu48", "02 00 00 51 03 56", ("unlock", 0, 1)),
    ("kerong-cu16", "02 00 30 03 35", ("status", 0)),
    ("kerong-cu16", "02 00 31 03 36", ("unlock", 0, 1)),
    ("kerong-cu16", "02 0F 31 03 45", ("unlock", 0, 16)),
    ("kerong-cu16", "02 13 31 03 49", ("unlock", 1, 4)),
    ("8a", "8A 01 01 11 9B", ("unlock", 1, 1)),
    ("8a", "8A 01 02 11 98", ("unlock", 1, 2)),
    ("8a", "80 01 00 33 B2", ("status", 1)),
    ("wkly", "57 4B 4C 59 09 00 83 01 82", ("status", 0, 1)),
    ("wkly", "57 4B 4C 59 09 0A 82 01 89", ("unlock", 10, 1)),
    ("winnsen", "90 06 05 01 05 03", ("unlock", 1, 5)),
    ("waveshare", "01 05 00 FF 00 00 FD FA", ("at_start", 1)),
    ("waveshare", "01 05 02 00 00 07 8D B0", ("unlock", 1, 1, 700)),
    ("waveshare", "01 05 02 00 00 05 0C 71", ("unlock", 1, 1)),
    ("waveshare", "01 02 00 00 00 08 79 CC", ("status", 1)),
)
# What is understood, whoever says it.
HEARD: tuple[tuple[Any, str, Any], ...] = (
    ("kerong-cu48", "02 00 00 65 07 00 00 00 00 C0 03 31", Switches(0, SHUT_48)),
    ("kerong-cu48", "02 01 00 65 00 00 80 00 00 00 03 EB", Switches(1, {n: n == 24 for n in range(1, 49)})),
    ("kerong-cu48", "02 00 30 51 03 86", Command(0, EVERY_LOCK)),
    ("kerong-cu48", "02 0A 30 51 03 90", Command(10, EVERY_LOCK)),
    ("kerong-cu16", "02 00 33 03 38", Command(0, EVERY_LOCK_OF_IT)),
    (
        "kerong-cu16",
        "02 00 35 FE FF 00 00 03 37",
        Switches(0, {n: n > 1 for n in range(1, 17)}, dict.fromkeys(range(1, 17), False)),
    ),
    (
        "kerong-cu16",
        "02 00 36 00 00 00 00 03 3B",
        Switches(0, dict.fromkeys(range(1, 17), False), dict.fromkeys(range(1, 17), False)),
    ),
    ("kerong-cu16", "02 00 37 00 37 03 73", Command(0, "set the time of a pulse")),
    ("8a", "8A 01 00 11 9A", Command(1, "DANGER, unlock every lock; this program never sends that")),
    ("8a", "8A 02 00 11 99", Command(2, "DANGER, unlock every lock; this program never sends that")),
    ("8a", "8A 01 01 11 9B", Unlocked(1, 1, shut=True)),
    ("8a", "8A 01 01 00 8A", Unlocked(1, 1, shut=False)),
    ("8a", "80 01 01 11 91", Switches(1, {1: True})),
    ("8a", "80 01 01 00 80", Switches(1, {1: False})),
    ("8a", "80 01 01 01 01 33 B3", Switches(1, ON_24)),
    ("8a", "80 01 00 00 02 33 B0", Switches(1, {n: n == 2 for n in range(1, 25)})),
    ("8a", "90 01 02 02 02 93", Command(1, "unlock several locks; this program never sends that")),
    ("8a", "9B 01 01 11 8A", Command(1, "lock 1, let it go; this program never sends that")),
    ("8a", "82 01 01 00 82", Changed(1, 1, False)),
    ("8a", "82 01 00 22 A1", Command(1, "tell the firmware's version")),
    ("wkly", "57 4B 4C 59 0B 00 82 00 01 00 81", Unlocked(0, 1, shut=False)),
    ("wkly", "57 4B 4C 59 0B 00 83 00 01 00 80", Switches(0, {1: False})),
    ("wkly", "57 4B 4C 59 0E 00 84 00 04 00 01 01 00 87", Switches(0, {1: False, 2: True, 3: True, 4: False})),
    ("wkly", "57 4B 4C 59 0A 00 85 01 01 86", Changed(0, 1, True)),
    (
        "wkly",
        "57 4B 4C 59 0C 00 80 03 01 02 03 86",
        Command(0, "DANGER, open several locks at once; this program never sends that"),
    ),
    ("winnsen", "90 07 92 01 00 05 03", Switches(1, {5: True})),
    ("winnsen", "90 07 85 01 05 02 03", Unlocked(1, 5, accepted=False, why="its coil has to cool first")),
    ("waveshare", "01 05 00 00 FF 00 8C 3A", Command(1, "switch relay 1 on; this program never sends that")),
    ("waveshare", "01 05 00 00 00 00 CD CA", Command(1, "switch relay 1 off; this program never sends that")),
    ("waveshare", "01 05 02 00 00 05 0C 71", Unlocked(1, 1, pulse_ms=500)),
    ("waveshare", "01 01 00 00 00 08 3D CC", Command(1, "tell the state of 8 relays from 0000")),
    ("waveshare", "01 01 00 00 00 10 3D C6", Command(1, "tell the state of 16 relays from 0000")),
    ("waveshare", "00 06 40 00 00 02 1C 1A", Command(0, "write 0002 into register 4000")),
    ("waveshare", "00 03 40 00 00 01 90 1B", Command(0, "tell the state of 1 registers from 4000")),
    ("waveshare", "01 06 00 01 05 00 DB 5A", Command(1, "write 0500 into register 0001")),
    ("waveshare", "01 02 01 05 61 8B", Switches(1, {n: n in (1, 3) for n in range(1, 9)})),
    ("waveshare", "01 01 01 05 91 8B", Remark(1, "its relays hold 05")),
    ("waveshare", "01 85 02 C3 51", Refused(1, "no such channel", reads=False)),
    ("waveshare", "00 02 01 25 61 AF", Unclear("no board has address 0")),
)  # fmt: skip
NAMES = tuple(MAKES)


def frame_of(text: str) -> bytes:
    return bytes.fromhex(text)


@pytest.mark.parametrize(("protocol", "text", "call"), SENT, ids=[text for _, text, _ in SENT])
def test_a_frame_is_sent_as_the_papers_have_it(protocol: Any, text: str, call: tuple[Any, ...]) -> None:
    codec: Any = codec_of(protocol)
    sent = getattr(codec, call[0])(*call[1:])
    assert sent.hex(" ").upper() == text
    assert not isinstance(codec.decode(sent), Unclear)


@pytest.mark.parametrize(("protocol", "text", "said"), HEARD, ids=[text for _, text, _ in HEARD])
def test_a_frame_is_understood_as_the_papers_have_it(protocol: Any, text: str, said: Any) -> None:
    assert codec_of(protocol).decode(frame_of(text)) == said
    assert explain(said).endswith(".")


def test_the_sum_of_a_family_that_is_not_driven_is_the_same_xor() -> None:
    assert xor_of(frame_of("5A 5A 00 00 00 04 00 01 01")) == 0x04


def test_a_board_with_fifty_channels_sends_its_lowest_first() -> None:
    frame = frame_of("80 01 01 00 00 00 00 00 02 33")
    said = codec_of("8a", 50).decode(frame + bytes([xor_of(frame)]))
    assert said == Switches(1, {n: n in (1, 50) for n in range(1, 51)})
    other_way = codec_of("8a", 50, "high_first").decode(frame + bytes([xor_of(frame)]))
    assert isinstance(other_way, Switches) and [n for n, shut in other_way.shut.items() if shut] == [2, 49]


@pytest.mark.parametrize("protocol", NAMES)
def test_what_is_out_of_range_is_refused_with_the_range(protocol: Any) -> None:
    codec, make = codec_of(protocol), MAKES[protocol]
    first = make.addresses[0]
    for call in (codec.unlock, codec.status):
        for address in (-1, first - 1, make.addresses[-1] + 1, 255, 256, 10**9):
            with pytest.raises(OutOfRange, match=f"address {address} .*: {first} to {make.addresses[-1]}"):
                call(address, 1)
        for lock in (-1, 0, make.channels + 1, 48 + 1, 255, 256):
            with pytest.raises(OutOfRange, match=f"lock {lock} is out of range: 1 to {make.channels}"):
                call(first, lock)
    for channels in (-1, 0, make.channels_max + 1):
        with pytest.raises(OutOfRange, match=f"channels {channels} .*: 1 to {make.channels_max}"):
            codec_of(protocol, channels)


def everything_sent(protocol: Any) -> Iterator[tuple[int, int, bytes]]:
    """Every unlock that this protocol's codec can make."""
    make = MAKES[protocol]
    codec = codec_of(protocol, make.channels_max)
    for address in make.addresses:
        for lock in range(1, make.channels_max + 1):
            yield address, lock, codec.unlock(address, lock)


@pytest.mark.parametrize("protocol", NAMES)
def test_no_two_unlocks_are_the_same_and_none_opens_more_than_its_lock(protocol: Any) -> None:
    codec, seen = codec_of(protocol, MAKES[protocol].channels_max), set()
    for address, lock, frame in everything_sent(protocol):
        assert frame not in seen
        seen.add(frame)
        said = codec.decode(frame)
        assert said in (Command(address, f"unlock lock {lock}"), Unlocked(address, lock, shut=True)) or (
            isinstance(said, Unlocked) and (said.address, said.lock, said.pulse_ms) == (address, lock, 500)
        )


@pytest.mark.parametrize("pulse_ms", [0, -1, 1_001, 6_553_500])
def test_a_relay_is_never_told_a_time_that_burns_a_coil(pulse_ms: int) -> None:
    with pytest.raises(OutOfRange, match="1 to 1000"):
        codec_of("waveshare").unlock(1, 1, pulse_ms)


def asked(protocol: Any, address: int, locks: range) -> Request:
    return Request(address, codec_of(protocol).status(address), frozenset(locks))


def test_a_frame_is_found_behind_garbage_and_beside_others() -> None:
    status = frame_of("80 01 01 01 01 33 B3")
    told = frame_of("82 01 01 00 82")
    found = find(codec_of("8a"), frame_of("FA FD 99 99") + told + status + status[:4])
    assert [said for said, _ in found] == [Changed(1, 1, False), Switches(1, ON_24)]


def test_only_the_board_that_was_asked_answers() -> None:
    codec = codec_of("8a")
    request = asked("8a", 1, range(1, 25))
    assert is_answer(request, codec.decode(frame_of("80 01 01 01 01 33 B3")))
    other = frame_of("80 02 01 01 01 33")
    for foreign in (
        other + bytes([xor_of(other)]),  # another board
        frame_of("80 01 00 33 B2"),  # our own question, echoed
        frame_of("80 01 01 11 91"),  # about one lock only
        frame_of("82 01 01 00 82"),  # told without being asked
        frame_of("8A 01 01 11 9B"),  # the late answer to an unlock
        frame_of("80 01 01 01 01 33 B2"),  # a wrong sum
    ):
        assert not is_answer(request, codec.decode(foreign))


def test_only_the_answer_about_the_same_lock_and_time_ends_an_unlock() -> None:
    codec = codec_of("waveshare")
    request = Request(1, codec.unlock(1, 3), unlocks=3, pulse_ms=500)
    assert is_answer(request, codec.decode(request.frame))
    assert not is_answer(request, codec.decode(codec.unlock(1, 4)))
    assert not is_answer(request, codec.decode(codec.unlock(1, 3, 700)))
    assert not is_answer(request, codec.decode(codec.unlock(2, 3)))


@pytest.mark.parametrize(
    ("protocol", "unread", "undone"),
    [
        ("waveshare", "01 82 02 C1 61", "01 85 02 C3 51"),
        ("wkly", "57 4B 4C 59 0A 01 84 FF 00 79", ""),
    ],
)
def test_a_late_refusal_to_be_read_is_none_to_unlock(protocol: Any, unread: str, undone: str) -> None:
    codec = codec_of(protocol)
    status = asked(protocol, 1, range(1, 9))
    unlock = Request(1, codec.unlock(1, 3), unlocks=3, pulse_ms=500)
    late = codec.decode(frame_of(unread))
    assert isinstance(late, Refused)
    assert is_answer(status, late) and not is_answer(unlock, late)
    if undone:
        assert is_answer(unlock, codec.decode(frame_of(undone))) and not is_answer(
            status, codec.decode(frame_of(undone))
        )


@pytest.mark.parametrize("protocol", NAMES)
def test_rubbish_and_broken_frames_are_unclear_and_nothing_worse(protocol: Any) -> None:
    chance, codec = random.Random(4), codec_of(protocol)
    frames = [frame_of(text) for name, text, _ in (*SENT, *HEARD) if name == protocol]
    for _ in range(3_000):
        frame = bytearray(chance.choice(frames))
        frame[chance.randrange(len(frame))] ^= chance.randrange(1, 256)
        if protocol != "winnsen":  # it has no check sum
            assert isinstance(codec.decode(bytes(frame)), Unclear)
        codec.decode(chance.randbytes(chance.randrange(40)))


def test_the_sums_are_those_of_the_papers() -> None:
    assert sum_of(frame_of("02 00 00 50 03")) == 0x55
    assert crc16_of(frame_of("01 05 02 00 00 05")) == frame_of("0C 71")
