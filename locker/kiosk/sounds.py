"""The kiosk's sounds, computed: short, soft tones that tell yes from no without a look at the screen."""

from __future__ import annotations

import io
import math
import struct
import wave
from functools import cache

RATE_HZ = 22_050
EDGE_S = 0.008
LOUDEST = 22_000

# Each sound is a row of (frequency in Hz, 0: silence; length in seconds; loudness 0 to 1).
_TONES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "yes": ((660, 0.07, 0.8), (988, 0.08, 0.9)),
    "no": ((196, 0.14, 1.0), (0, 0.06, 0), (156, 0.2, 1.0)),
    "remind": ((784, 0.12, 0.6), (0, 0.08, 0), (784, 0.12, 0.6)),
    "alarm": ((880, 0.18, 1.0), (622, 0.18, 1.0)) * 3,
    "tick": ((1_320, 0.025, 0.3),),
}
NAMES = tuple(_TONES)


@cache
def wav(name: str) -> bytes:
    """A sound as a WAV file: one channel, 16 bits."""
    samples = [sample for tone in _TONES[name] for sample in _tone(*tone)]
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


def _tone(hertz: float, length_s: float, loudness: float) -> list[int]:
    count, edge = round(length_s * RATE_HZ), round(EDGE_S * RATE_HZ)
    return [
        # Soft edges: a tone that starts at full height clicks. The octave above makes it sound less like a machine.
        round(LOUDEST * loudness * min(1.0, i / edge, (count - i) / edge) * _voice(hertz * i / RATE_HZ))
        for i in range(count)
    ]


def _voice(turns: float) -> float:
    return 0.8 * math.sin(math.tau * turns) + 0.2 * math.sin(2 * math.tau * turns)
