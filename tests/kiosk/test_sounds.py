"""The sounds are sounds: playable, audible, and yes is not no."""

from __future__ import annotations

import io
import wave
from typing import get_args

import pytest

from locker.cabinet.actions import Sound
from locker.kiosk import sounds


def _read(name: str) -> tuple[float, bytes]:
    with wave.open(io.BytesIO(sounds.wav(name))) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return file.getnframes() / file.getframerate(), file.readframes(file.getnframes())


def test_each_sound_that_the_cabinet_makes_is_there() -> None:
    assert set(get_args(Sound)) <= set(sounds.NAMES)


@pytest.mark.parametrize("name", sounds.NAMES)
def test_it_is_short_and_not_silent(name: str) -> None:
    length_s, samples = _read(name)
    assert 0.02 < length_s < 1.5
    assert max(samples[1::2]) > 10


def test_yes_takes_a_sixth_of_a_second() -> None:
    assert _read("yes")[0] == pytest.approx(0.15, abs=0.01)
