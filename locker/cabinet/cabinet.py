"""One locker's decisions: an event comes in, actions come out. Dispatches only; what is decided stands in its parts."""

from __future__ import annotations

from collections.abc import Iterable

from locker.cabinet import (
    afar,
    boot,
    choices,
    codes,
    events,
    keyed,
    latch,
    orders,
    surroundings,
    throttle,
    visits,
    watch,
)
from locker.cabinet.actions import Action, Screen
from locker.cabinet.desk import Desk
from locker.cabinet.pulses import Pulses
from locker.cabinet.records import Box, State
from locker.cabinet.screens import TYPING_MS, rest
from locker.cabinet.state import apply
from locker.wire import facts
from locker.wire.facts import Fact, Moment
from locker.wire.messages import CompartmentState


class Cabinet:
    """The locker as its daemon sees it. Replay the journal, then step; perform the actions in order."""

    def __init__(self, pulse_ms: int = 500, energised_max: int = 1, sticker: str = "") -> None:
        self._desk = Desk(Pulses(pulse_ms, energised_max), sticker)

    @property
    def state(self) -> State:
        """Everything durable; it is the sum of the recorded facts."""
        return self._desk.state

    @property
    def screen(self) -> Screen:
        """What is shown now."""
        return self._desk.screen

    def replay(self, recorded: Iterable[Fact], since: State | None = None) -> None:
        """Takes the journal, from its first fact or from those behind `since`. Decides nothing and pulses nothing."""
        self._desk.state = since or State()
        for fact in recorded:
            apply(self._desk.state, fact)

    def step(self, event: events.Event, now: Moment) -> list[Action]:
        """What is to be done about something that has happened."""
        desk = self._desk
        desk.begin(now)
        match event:
            case events.Booted():
                boot.booted(desk, event)
            case events.Scanned():
                codes.scanned(desk, event)
            case events.CodeEntered():
                codes.entered(desk, event)
            case events.CodeShown():
                codes.shown(desk, event)
            case events.DigitsTyped():
                _typed(desk, event.count)
            case events.ChoiceMade():
                choices.chosen(desk, event)
            case events.OrdersReceived():
                orders.received(desk, event.message)
            case events.Knocked():
                afar.knocked(desk, event)
            case events.OpenNowReceived():
                afar.received(desk, event)
            case events.Commissioned():
                _commissioned(desk)
            case events.Tick():
                _time(desk, event.chance)
            case events.DeviceFailed() | events.DeviceRecovered():
                _device(desk, event)
            case (
                events.MainsSeen()
                | events.LoopSeen()
                | events.CoolingSeen()
                | events.ContentSeen()
                | events.CardShown()
            ):
                _around(desk, event)
            case _:
                _door(desk, event)
        surroundings.look(desk)
        return desk.actions

    @property
    def next_tick_ms(self) -> int | None:
        """The run time at which a `Tick` is due."""
        desk = self._desk
        due = watch.next_ms(desk) + surroundings.next_ms(desk)
        due += [desk.screen.until_run_ms] if desk.screen.until_run_ms else []
        due += [desk.talk.idle_ms] if desk.talk and desk.talk.idle_ms else []
        return min(due, default=None)

    @property
    def number(self) -> str:
        """The number on the screen: whoever reads it stands in front ("": there is none, or it is on a sticker)."""
        return self._desk.afar.drawn[0] if self._desk.afar.drawn else ""

    def is_number_due(self, now: Moment) -> bool:
        """Whether the next `Tick` needs a chance, for another number on the screen."""
        return self._desk.afar.is_due(now.run_ms)

    def keypad_pause_ms(self, now: Moment) -> int:
        """How long codes are refused without being looked at (0: they are looked at)."""
        state = self._desk.state
        return throttle.verdict(state.failures_ms, state.witnessed_ms(now), keyed.codes(state, now)).wait_ms

    def overview(self) -> tuple[CompartmentState, ...]:
        """All compartments at a glance."""
        return tuple(self._glance(n, box) for n, box in self._desk.state.boxes.items())

    @property
    def attended(self) -> bool:
        """Whether somebody is there: a visit goes on, or the screen still answers what was pressed or shown."""
        return self._desk.talk is not None or self._desk.screen.name not in ("idle", "out_of_order")

    @property
    def open_doors(self) -> frozenset[int]:
        """The doors that stand open, as far as can be seen."""
        return frozenset(n for n, box in self._desk.state.boxes.items() if box.open)

    def _glance(self, n: int, box: Box) -> CompartmentState:
        return CompartmentState(
            n=n,
            content="uncertain" if box.doubt else "occupied" if box.inside else "empty",
            door=self._desk.door(n).phase,
            faults=tuple(sorted(box.faults)),
            in_service=box.built and n not in self._desk.state.out_of_service,
        )


_DoorEvent = (
    events.DoorOpened
    | events.DoorClosed
    | events.SensorFailed
    | events.SensorRecovered
    | events.LatchMoved
    | events.PulseEnded
)


def _door(desk: Desk, event: _DoorEvent) -> None:
    match event:
        case events.DoorOpened():
            watch.opened(desk, event.n)
        case events.DoorClosed():
            watch.closed(desk, event.n)
            codes.recall(desk)
        case events.SensorFailed():
            watch.sensor_failed(desk, event.n, event.flickers)
        case events.LatchMoved():
            latch.moved(desk, event.n, event.free)
        case events.SensorRecovered():
            watch.sensor_recovered(desk, event.n)
        case events.PulseEnded():
            watch.pulse_ended(desk, event.n, event.given)


_AroundEvent = events.MainsSeen | events.LoopSeen | events.CoolingSeen | events.ContentSeen | events.CardShown


def _around(desk: Desk, event: _AroundEvent) -> None:
    match event:
        case events.MainsSeen():
            surroundings.mains(desk, event.there)
        case events.LoopSeen():
            surroundings.loop(desk, event.closed)
        case events.CoolingSeen():
            surroundings.cooling(desk, event)
        case events.ContentSeen():
            surroundings.content(desk, event.n, event.present)
        case events.CardShown():
            surroundings.card(desk, event.tag)


def _typed(desk: Desk, count: int) -> None:
    # Digits never hide which door is open.
    if desk.talk is not None and desk.talk.at_a_door:
        return
    if count:
        until_ms = desk.now.run_ms + TYPING_MS
        desk.show(Screen(name="typing", params={"count": count}, until_run_ms=until_ms))
    else:
        rest(desk)


def _time(desk: Desk, chance: float | None) -> None:
    afar.time(desk, chance)
    watch.time(desk)
    visits.time(desk)
    if desk.screen.until_run_ms and desk.now.run_ms >= desk.screen.until_run_ms:
        rest(desk)


def _commissioned(desk: Desk) -> None:
    for n, box in desk.state.boxes.items():
        if box.doubt == "new":
            desk.record(facts.Inspected(at=desk.now, n=n))


def _device(desk: Desk, event: events.DeviceFailed | events.DeviceRecovered) -> None:
    if isinstance(event, events.DeviceRecovered):
        desk.lost.discard(event.device)
    elif event.device not in desk.lost:
        desk.lost.add(event.device)
        desk.record(facts.Alarmed(at=desk.now, alarm="device_lost", detail=event.device))
    if desk.talk is None:
        rest(desk)
