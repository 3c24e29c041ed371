"""What a number pad says through the kernel's input device: `struct input_event`, as keys of the kiosk. Pure."""

from __future__ import annotations

import struct

KEY_PRESSED, KEY_EVENT = 1, 1
"""A key's value when it goes down (0: up, 2: held), and the type of events that are about keys."""

# input-event-codes.h: the row above the letters, then the pad.
_DIGITS = {code: str((code - 1) % 10) for code in range(2, 12)} | {
    82: "0", 79: "1", 80: "2", 81: "3", 75: "4", 76: "5", 77: "6", 71: "7", 72: "8", 73: "9",
}  # fmt: skip
_OTHERS = {28: "ok", 96: "ok"} | dict.fromkeys((1, 14, 55, 74, 83, 98, 111), "clear")
"""Enter; escape, backspace, and what stands around the digits of a pad: whoever presses * means to begin again."""

KEYS = _DIGITS | _OTHERS


class KeyEvents:
    """Cuts the bytes of one input device into keys. `long_bytes` is the size of the kernel's long: 8, or 4."""

    def __init__(self, long_bytes: int = struct.calcsize("l")) -> None:
        # Two words of time, then type, code and value, in the machine's own byte order.
        self._event = struct.Struct("=qqHHi" if long_bytes == 8 else "=iiHHi")
        self._held = b""

    def feed(self, data: bytes) -> list[str]:
        """The keys that were pressed: "0" to "9", "clear", "ok". Whatever else is pressed is nothing."""
        data = self._held + data
        whole = len(data) - len(data) % self._event.size
        self._held = data[whole:]
        return [
            KEYS[code]
            for *_, kind, code, value in self._event.iter_unpack(data[:whole])
            if kind == KEY_EVENT and value == KEY_PRESSED and code in KEYS
        ]

    def forget(self) -> None:
        """The pad was unplugged."""
        self._held = b""
