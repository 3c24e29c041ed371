"""What the parts of one step share: the state, what this run knows of the doors, and the actions collected so far."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from locker.cabinet.actions import Action, Beep, Light, Record, Screen, Show, Sound, Unlock
from locker.cabinet.challenges import Challenges
from locker.cabinet.door import Door, note_pulse
from locker.cabinet.pulses import Pulses
from locker.cabinet.records import State
from locker.cabinet.state import apply
from locker.cabinet.talk import Talk
from locker.wire import facts
from locker.wire.facts import Fact, Moment

IDLE = Screen(name="idle")


class Desk:
    """Where one step works. Facts go through `record`, pulses through `allow`; nothing else changes the state."""

    def __init__(self, pulses: Pulses, sticker: str = "") -> None:
        self.afar = Challenges(sticker)
        self.state = State()
        self.doors: dict[int, Door] = {}
        self.pulses = pulses
        self.talk: Talk | None = None
        self.screen = IDLE
        self.lost: set[str] = set()
        self.unread: tuple[str, int] | None = None
        """The order (epoch and number) that this version can't read, and that it has told of."""

        self.mains = True
        self.opened_for: dict[str, set[int]] = {}
        """The compartments that were opened for each parcel that is still in its courier's hand."""

        self.card, self.card_ms = "", 0
        self.spoils_after_ms: dict[int, int] = {}
        self.sensed: dict[int, bool] = {}
        self.contradicts_ms: dict[int, int] = {}
        self.now = Moment(run_ms=0, wall_ms=0)
        self.actions: list[Action] = []
        self._keys: dict[str, Ed25519PublicKey] = {}

    def begin(self, now: Moment) -> None:
        """A new step."""
        self.now, self.actions = now, []

    def record(self, fact: Fact) -> None:
        """Something has happened."""
        apply(self.state, fact)
        self.actions.append(Record(fact=fact))

    def allow(self, fact: facts.UnlockAuthorised) -> None:
        """One pulse is allowed, and given as soon as there is power for it."""
        assert self.state.boxes[fact.n].built, "no door is opened that the machine hasn't got"
        self.record(fact)
        self.door(fact.n).happens("pulsed")
        self.door(fact.n).attempt = fact.attempt
        # Until it is given it can't be overdue.
        self.door(fact.n).due_ms = 0
        self.pulses.ask(fact.n)
        self.pulse_waiting()

    def pulse_waiting(self) -> None:
        """Energises what is waiting for power."""
        # A permission may have ended while its pulse was waiting.
        self.pulses.waiting = [n for n in self.pulses.waiting if n in self.state.allowed]
        while (n := self.pulses.next_up(self.now.run_ms)) is not None:
            assert len(self.pulses.energised) <= self.pulses.energised_max, "the power supply feeds no more locks"
            note_pulse(self.door(n), self.now.run_ms)
            self.actions.append(Unlock(n=n, pulse_ms=self.pulses.pulse_ms))

    def door(self, n: int) -> Door:
        """One door as this run knows it."""
        return self.doors.setdefault(n, Door())

    def show(self, screen: Screen) -> None:
        """Replaces what the screen shows."""
        if screen != self.screen:
            self.screen = screen
            self.actions.append(Show(screen=screen))

    def beep(self, sound: Sound) -> None:
        """Makes a sound."""
        self.actions.append(Beep(sound=sound))

    def light(self, on: bool) -> None:
        """Switches the panel's lamp."""
        self.actions.append(Light(on=on))

    def ticket_key(self, kid: int) -> Ed25519PublicKey | None:
        """The hub's public key for tickets with this key id, if it has told us one."""
        for key in self.state.site.keys if self.state.site else ():
            if key.kid == kid:
                return self._loaded(key.public_key)
        return None

    def _loaded(self, public_key: str) -> Ed25519PublicKey | None:
        if public_key not in self._keys:
            try:
                self._keys[public_key] = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
            except ValueError:
                return None
        return self._keys[public_key]
