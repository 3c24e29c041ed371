"""The rows of the fault matrix: what goes wrong, on which board, and how it is put right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from locker.cabinet.events import MainsSeen
from tests.hardware.scene import Scene, Variant, qr

Deed = Callable[[Scene], Awaitable[None]]
DAY_S = 86_400
NOTICED_S = 2.0
"""What moves a door is seen before anybody does anything about it."""

USUAL = Variant()
FIFTY = Variant(channels=50)
CU48 = Variant(protocol="kerong-cu48", address=0, channels=48)
WKLY = Variant(protocol="wkly", address=0, channels=12)
RELAYS = Variant(protocol="waveshare", channels=8, inputs=8)


@dataclass(frozen=True, slots=True)
class Row:
    """One fault. `number` is its number in the list that the test rig has to simulate; `mend` undoes it."""

    number: str
    name: str
    begin: Deed
    mend: Deed
    variant: Variant = USUAL
    code: bytes = b""
    """What the scanner sends in place of Ada's code, if the fault lies there."""


def at_board(what: str, **more: int) -> Deed:
    async def deed(scene: Scene) -> None:
        scene.at_board(what, **more)

    return deed


async def nothing(_: Scene) -> None:
    """Nothing to do."""


async def _mend_board(scene: Scene) -> None:
    scene.at_board("mend")


async def _jam(scene: Scene) -> None:
    scene.machine.steel.jam(1)


async def _free(scene: Scene) -> None:
    if scene.door(1).jammed:
        scene.at_steel(lambda now_ms: scene.machine.steel.free(1, now_ms))


async def _delay(scene: Scene) -> None:
    scene.machine.steel.delay(1, 4_000)


async def _hurry(scene: Scene) -> None:
    scene.machine.steel.delay(1, 0)


async def _stick(scene: Scene) -> None:
    scene.at_steel(lambda now_ms: scene.machine.steel.stick(1, True, now_ms))


async def _loosen(scene: Scene) -> None:
    scene.at_steel(lambda now_ms: scene.machine.steel.stick(1, False, now_ms))


async def _cut(scene: Scene) -> None:
    scene.machine.cut(1, True)


async def _solder(scene: Scene) -> None:
    scene.machine.cut(1, False)


async def _weld(scene: Scene) -> None:
    # It has stuck in a pulse that nobody has seen.
    scene.machine.steel.weld(1)
    for on in (True, False):
        scene.at_steel(lambda now_ms, on=on: scene.machine.steel.relay(1, on, now_ms))  # type: ignore[misc]
    await scene.pass_time(NOTICED_S)


async def _new_relay(scene: Scene) -> None:
    scene.at_steel(lambda now_ms: scene.machine.steel.mend_relay(1, now_ms))


async def _rattle(scene: Scene) -> None:
    scene.at_steel(lambda now_ms: scene.machine.steel.rattle(1, now_ms))


async def _crowbar(scene: Scene) -> None:
    if not scene.door(1).open and not scene.door(1).jammed:
        scene.at_steel(lambda now_ms: scene.machine.steel.force_open(1, now_ms))
    await scene.pass_time(NOTICED_S)


async def _unplug_scanner(scene: Scene) -> None:
    scene.scanner.put(qr("ada").encode("ascii")[:20])
    await scene.pass_time(0.02)
    scene.scanner.unplug()


async def _plug_scanner(scene: Scene) -> None:
    scene.scanner.plug_in()


async def _replug_scanner(scene: Scene) -> None:
    scene.scanner.replug()
    await scene.pass_time(3)


async def _kill(scene: Scene) -> None:
    await scene.kill()
    await scene.pass_time(2)
    await scene.start()


async def _mains(scene: Scene) -> None:
    await scene.kill()
    scene.machine.power_cut()
    scene.scanner.unplug()
    await scene.pass_time(2)
    scene.machine.power_on()
    scene.scanner.plug_in()
    await scene.start()


def contact(there: bool) -> Deed:
    async def seen(scene: Scene) -> None:
        # The battery holds: everything goes on running, and what the contact's driver tells is told.
        scene.daemon.take(MainsSeen(there=there))

    return seen


def clock(days: int) -> Deed:
    async def jump(scene: Scene) -> None:
        scene.wall_offset_s += days * DAY_S

    return jump


def board(number: str, name: str, what: str, variant: Variant = USUAL, **more: int) -> Row:
    return Row(number, name, at_board(what, **more), _mend_board, variant)


ADA = qr("ada").encode("ascii")
GBK = "包裹".encode("gbk")
ROWS = (
    board("1", "board silent", "silence"),
    board("1", "board silent (cu48)", "silence", CU48),
    board("1", "board deaf on one ear: does it, says nothing", "mute"),
    board("1", "relay board silent", "silence", RELAYS),
    board("2", "wrong checksum", "wrong_checksum"),
    board("2", "wrong checksum (wkly)", "wrong_checksum", WKLY),
    board("3", "reply in single bytes", "split"),
    board("3", "two replies glued", "glue", times=1),
    board("3", "reply breaks off", "short"),
    board("4", "garbage before the reply", "garbage"),
    board("5", "reply too late", "late"),
    board("5", "reply too late (relay board)", "late", RELAYS),
    board("6", "adapter echoes", "echo"),
    board("6", "adapter echoes (relay board)", "echo", RELAYS),
    board("7", "unsolicited frame in between", "unsolicited"),
    board("7", "unsolicited frame (wkly)", "unsolicited", WKLY),
    board("7", "reply of another address", "foreign"),
    board("7", "board babbles", "babble"),
    board("8", "8 channels with 4 status bytes", "status_bytes", value=4),
    board("8", "50 channels, garbage before 7 status bytes", "garbage", FIFTY),
    board("9", "all switches turn round", "invert"),
    board("9", "byte order turns round", "order"),
    Row("10", "door stays shut", _jam, _free),
    Row("10", "door opens 4 s late", _delay, _hurry),
    Row("10", "sensor stuck", _stick, _loosen),
    Row("10", "sensor's wire cut", _cut, _solder),
    Row("10", "relay welded", _weld, _new_relay),
    Row("10", "door forced", _crowbar, nothing),
    board("11", "adapter unplugged", "unplug"),
    board("11", "adapter replugged behind another node", "replug"),
    Row("12", "contact rattles", _rattle, nothing),
    Row("13", "code without terminator", nothing, nothing, code=ADA),
    Row("13", "code with CR LF", nothing, nothing, code=ADA + b"\r\n"),
    Row("13", "code again and again", nothing, nothing, code=(ADA + b"\r") * 5),
    Row("13", "half a code, then unplugged", _unplug_scanner, _plug_scanner),
    Row("13", "scanner replugged behind another node", _replug_scanner, nothing),
    Row("13", "GBK bytes before the code", nothing, nothing, code=GBK + b"\r" + ADA + b"\r"),
    Row("13", "GS inside another code before it", nothing, nothing, code=b"]C1" + b"10ABC\x1d21XYZ\r" + ADA + b"\r"),
    Row("14", "daemon killed and started again", _kill, nothing),
    Row("15", "mains fail and come back", _mains, nothing),
    Row("15", "mains contact falls, the battery holds", contact(False), contact(True)),
    Row("16", "clock a day ahead", clock(1), clock(-1)),
    Row("16", "clock a day behind", clock(-1), clock(1)),
)
