"""What a check can find, each with a code, what is wrong and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from locker.commissioning.plan import Place
from locker.wiring import Board


@dataclass(frozen=True, slots=True)
class Finding:
    """`mended`: the config takes care of it, if it is written."""

    code: str
    what: str
    next: str
    n: int = 0
    mended: bool = False

    def __str__(self) -> str:
        return f"{self.what} {self.next}"


def port_gone(bus: str, port: str, why: str) -> Finding:
    return Finding(
        "port_gone", f"The port {port} of bus {bus} can't be used ({why}).",
        "Is the adapter plugged in? `ls /dev/serial/by-id` names what there is; another program must not have it open.",
    )  # fmt: skip


def silent(board: Board) -> Finding:
    return Finding(
        "board_silent", f"Board {board.name} (address {board.address}) doesn't answer.",
        "Has it power (is its lamp on)? Then swap A and B of the bus, and look at its address switches.",
    )  # fmt: skip


def garbled(board: Board) -> Finding:
    return Finding(
        "board_garbled", f"What comes when board {board.name} (address {board.address}) is asked makes no sense.",
        "Two boards may have that address, or the cable is noisy: leave one board on the bus, then put them back one "
        "by one; 120 ohm belong at the two ends only.",
    )  # fmt: skip


def double_address(board: Board, other: Board) -> Finding:
    return Finding(
        "double_address",
        f"Two boards answer at address {board.address} at once, and board {other.name} (address {other.address}) is "
        "silent.",
        f"Set the address switches of board {other.name} to {other.address} and take its power away for a moment. "
        "No lock of either is pulsed before that.",
    )  # fmt: skip


def wrong_baud(board: Board, baud: int, heard_at: int) -> Finding:
    return Finding(
        "wrong_baud", f"Board {board.name} speaks {heard_at} baud, and the config says {baud}.",
        f"Take {heard_at} into the config, or set the board to {baud}; all boards of a bus speak alike.",
    )  # fmt: skip


def other_address(board: Board, address: int) -> Finding:
    return Finding(
        "other_address", f"Board {board.name} is silent at {board.address}, and a board answers at {address}.",
        f"Take {address} into the config, or set the board's switches to {board.address}.",
    )  # fmt: skip


def stays_shut(n: int, lock: Place, why: str = "") -> Finding:
    told = f" ({why})" if why else ""
    return Finding(
        "stays_shut", f"Nothing has opened when lock {lock} was pulsed{told}.",
        f"Did it click? Then door {n} sticks. If not: is the supply voltage at the lock's two wires during the pulse? "
        "The wiring guide has a table for this.", n,
    )  # fmt: skip


def hook_only(n: int, lock: Place) -> Finding:
    return Finding(
        "hook_only", f"A switch moved when lock {lock} was pulsed, but no door opened.",
        f"The hook lets go and door {n} sticks: look at its seal, hinge and spring.", n,
    )  # fmt: skip


def two_doors(opened: tuple[int, ...], lock: Place) -> Finding:
    return Finding(
        "two_doors", f"One pulse of lock {lock} opened doors {' and '.join(map(str, opened))}.",
        "Two boards have one address, or two locks hang on one channel. This board is left alone until that is mended.",
        opened[0],
    )  # fmt: skip


def swapped_locks(one: int, other: int) -> Finding:
    return Finding(
        "swapped_locks", f"The locks of doors {one} and {other} are swapped: each pulse opened the other door.",
        "The config takes them as they are wired. Or swap the two wires and check again.", one, mended=True,
    )  # fmt: skip


def other_lock(n: int, lock: Place) -> Finding:
    return Finding(
        "other_lock", f"Door {n} opens by lock {lock}.", "The config takes it as it is wired.", n, mended=True
    )  # fmt: skip


def lost_lock(n: int, lock: Place) -> Finding:
    return Finding(
        "lost_lock", f"Lock {lock} opens another door, and which one opens door {n} isn't known.",
        "Check all doors of this board once more.", n,
    )  # fmt: skip


def swapped_switches(one: int, other: int) -> Finding:
    return Finding(
        "swapped_switches", f"The switches of doors {one} and {other} are swapped.",
        "The config takes them as they are wired. Or swap the two wires and check again.", one, mended=True,
    )  # fmt: skip


def other_switch(n: int, switch: Place) -> Finding:
    return Finding(
        "other_switch", f"The switch of door {n} is {switch}.", "The config takes it as it is wired.", n, mended=True
    )  # fmt: skip


def shared_switch(one: int, other: int, switch: Place) -> Finding:
    return Finding(
        "shared_switch", f"Switch {switch} moved with door {one} and with door {other}.",
        "Two switches on one input can't be told apart: give each its own.", one,
    )  # fmt: skip


def inverted_switch(n: int, inverted: bool) -> Finding:
    how = "says shut while the door is open" if inverted else "isn't the other way round, as the config has it"
    return Finding(
        "inverted_switch", f"The switch of door {n} {how}.",
        f"The config gets inverted = {str(inverted).lower()} for it.", n, mended=True,
    )  # fmt: skip


def inverted_board(name: str, inverted: bool) -> Finding:
    return Finding(
        "inverted_board", f"All switches of board {name} are the other way round than the config has it.",
        f"The config gets inverted = {str(inverted).lower()} for the board.", mended=True,
    )  # fmt: skip


def status_order(name: str, order: str) -> Finding:
    return Finding(
        "status_order", f"Board {name} sends its status bytes in the other order.",
        f'The config gets status_order = "{order}".', mended=True,
    )  # fmt: skip


def dead_switch(n: int, switch: Place | None) -> Finding:
    where = f" ({switch})" if switch else ""
    return Finding(
        "dead_switch", f"Door {n} has opened, and no switch has moved{where}.",
        "Look for a loose plug or a cut wire; bridge the input: if that is seen, the switch itself is dead.",
        n,
    )  # fmt: skip


def stuck_switch(n: int, switch: Place) -> Finding:
    return Finding(
        "stuck_switch", f"Door {n} is shut, and its switch {switch} still says what it said when it was open.",
        "Does the door reach its switch or magnet? Bend the lever, or move the magnet closer.", n,
    )  # fmt: skip


def loose_switches(n: int, switches: tuple[Place, ...]) -> Finding:
    return Finding(
        "loose_switches", f"Several switches moved with door {n}: {', '.join(map(str, switches))}.",
        "A wire is loose, or two inputs touch; this door's switch isn't learned from that.", n,
    )  # fmt: skip


SCANNER_SILENT = Finding(
    "scanner_silent", "Nothing came from the scanner.",
    "Is it in USB-serial (CDC) mode, not keyboard? Its manual has the code; then look at scanner.port and baud.",
)  # fmt: skip
NO_SYMBOLOGY = Finding(
    "no_symbology", "The scanner doesn't say which kind of code it has read.",
    "Switch AIM identifiers on (its manual: 'AIM ID' or 'code ID'): only they tell a GS1-128 from a plain text.",
)  # fmt: skip
