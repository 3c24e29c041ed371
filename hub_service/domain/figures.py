"""How well a network works, in figures: each with its definition and source in one table, and how it is worked out.

All times are Unix seconds. A door counts as in service while it is neither taken out of service nor faulty: occupancy
is about doors in service, availability about installed doors. Where there is nothing to count a figure has no value: a
rate of nothing is not zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

DAY_S, HOUR_S = 86_400, 3_600
HOME_KG, LOCKER_SAVES = 0.294, 0.13
FAILED_ATTEMPT_EUR = 14.0
Door = tuple[str, int]
"""A locker's id and the compartment's number."""

Span = tuple[float, float]
Scope = Literal["parcels", "network", "machines"]


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the timeline that figures are made of; `n` and `fault` where it is about a door."""

    at_s: float
    kind: str
    parcel_id: str = ""
    locker_id: str = ""
    n: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What is known of a time. `happenings` reach back before it, so that what lay inside at its beginning is known.

    `since_s` says when a locker was made known; `visits` are couriers' visits as (seconds, parcels deposited);
    `stars` what recipients said in this time, 1 to 5.
    """

    span: Span
    doors: tuple[Door, ...] = ()
    since_s: dict[str, float] = field(default_factory=dict)
    happenings: tuple[Happening, ...] = ()
    openings: int = 0
    visits: tuple[tuple[float, int], ...] = ()
    stars: tuple[int, ...] = ()

    def within(self, *kinds: str) -> list[Happening]:
        """What happened in the time itself."""
        return [one for one in self.happenings if one.kind in kinds and self.span[0] <= one.at_s < self.span[1]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `scope`: of one's own parcels, of those in the whole network, or of machines (operators only)."""

    name: str
    unit: str
    scope: Scope
    definition: str
    source: str
    worked_out: Callable[[Observed], float | None]
    why_none: str = "nothing to count in this time"


@dataclass(frozen=True, slots=True)
class Value:
    """A figure's value, or why it has none."""

    figure: Figure
    value: float | None
    why_none: str = ""


def all_figures(observed: Observed, *, operator: bool, one_locker: bool) -> list[Value]:
    """Every figure of the table, for whoever asks."""
    return [_value(figure, observed, operator, one_locker) for figure in FIGURES]


def _value(figure: Figure, observed: Observed, operator: bool, one_locker: bool) -> Value:
    if figure.scope == "machines" and not operator:
        return Value(figure, None, "only the operator sees how machines are")
    if figure.scope == "network" and one_locker:
        return Value(figure, None, "counted for the whole network only: leave the locker out")
    value = figure.worked_out(observed)
    return Value(figure, None, figure.why_none) if value is None else Value(figure, round(value, 4))


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def _mean(values: Sequence[float]) -> float | None:
    return _ratio(sum(values), len(values))


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as spans that don't touch, in order."""
    done: list[Span] = []
    for start, end in sorted(spans):
        if done and start <= done[-1][1]:
            done[-1] = (done[-1][0], max(done[-1][1], end))
        elif start < end:
            done.append((start, end))
    return done


def clipped(spans: Iterable[Span], bounds: Sequence[Span]) -> float:
    """How many seconds of these spans lie within the bounds; both without overlaps among themselves."""
    return sum(max(0.0, min(end, until) - max(start, since)) for start, end in spans for since, until in bounds)


def without(whole: Span, holes: Sequence[Span]) -> list[Span]:
    """What is left of a span."""
    left, start = [], whole[0]
    for since, until in merged(holes):
        left.append((start, min(since, whole[1])))
        start = max(start, until)
    return merged([*left, (start, whole[1])])


# What senders drop off takes room like any other, though it is no delivery.
_BEGINNING = ("deposited", "dropped_off")
_ENDING = (*_BEGINNING, "collected", "retrieved", "displaced", "picked_up", "taken_back")


def stays(observed: Observed) -> list[tuple[Happening, Happening | None]]:
    """Every stay of a parcel: its deposit, and what ended it (None: it lies inside still)."""
    inside: dict[str, Happening] = {}
    done: list[tuple[Happening, Happening | None]] = []
    for one in observed.happenings:
        if one.kind in _ENDING and one.parcel_id in inside:
            done.append((inside.pop(one.parcel_id), one))
        if one.kind in _BEGINNING:
            inside[one.parcel_id] = one
    return [*done, *((deposit, None) for deposit in inside.values())]


def _occupied(observed: Observed) -> dict[Door, list[Span]]:
    spans: dict[Door, list[Span]] = {}
    for deposit, end in stays(observed):
        until_s = end.at_s if end else observed.span[1]
        spans.setdefault((deposit.locker_id, deposit.n), []).append((deposit.at_s, until_s))
    # Two parcels of one recipient in one compartment occupy it once.
    return {door: merged(some) for door, some in spans.items()}


def _down(observed: Observed) -> dict[Door, list[Span]]:
    """When each door was out of service or faulty."""
    begun: dict[tuple[Door, str], float] = {}
    spans: dict[Door, list[Span]] = {}
    for one in observed.happenings:
        door, why = (one.locker_id, one.n), one.fault or "service"
        if one.kind in ("out_of_service", "fault_found"):
            begun.setdefault((door, why), one.at_s)
        elif one.kind in ("in_service", "fault_cleared") and (door, why) in begun:
            spans.setdefault(door, []).append((begun.pop((door, why)), one.at_s))
    for (door, _), since_s in begun.items():
        spans.setdefault(door, []).append((since_s, observed.span[1]))
    return spans


def _installed(observed: Observed, door: Door) -> Span:
    return max(observed.span[0], observed.since_s.get(door[0], observed.span[0])), observed.span[1]


def _in_service(observed: Observed) -> dict[Door, list[Span]]:
    down = _down(observed)
    return {door: without(_installed(observed, door), down.get(door, ())) for door in observed.doors}


def _seconds(spans: Iterable[Span]) -> float:
    return sum(end - start for start, end in spans)


def _occupancy(observed: Observed) -> float | None:
    occupied, serving = _occupied(observed), _in_service(observed)
    used = sum(clipped(occupied.get(door, ()), spans) for door, spans in serving.items())
    return _ratio(used, sum(map(_seconds, serving.values())))


def _turnover(observed: Observed) -> float | None:
    door_days = sum(map(_seconds, _in_service(observed).values())) / DAY_S
    return _ratio(len(observed.within("deposited")), door_days)


def _availability(observed: Observed) -> float | None:
    installed = sum(max(0.0, end - start) for start, end in (_installed(observed, door) for door in observed.doors))
    return _ratio(sum(map(_seconds, _in_service(observed).values())), installed)


def _dwells_h(observed: Observed) -> list[float]:
    start, end = observed.span
    ended = [(deposit, by) for deposit, by in stays(observed) if by and by.kind == "collected"]
    return [(by.at_s - deposit.at_s) / HOUR_S for deposit, by in ended if start <= by.at_s < end]


def _first_attempts(observed: Observed) -> list[str]:
    """How the first attempt of each parcel went, where it falls into the time."""
    first: dict[str, Happening] = {}
    for one in observed.happenings:
        if one.kind in ("deposited", "attempt_failed"):
            first.setdefault(one.parcel_id, one)
    return [one.kind for one in first.values() if observed.span[0] <= one.at_s < observed.span[1]]


def _first_attempt_success(observed: Observed) -> float | None:
    attempts = _first_attempts(observed)
    return _ratio(attempts.count("deposited"), len(attempts))


def _fallback_rate(observed: Observed) -> float | None:
    failed = {one.parcel_id for one in observed.within("attempt_failed")}
    placed = {one.parcel_id for one in observed.happenings if one.kind == "redirected"}
    return _ratio(len(failed & placed), len(failed))


def _expiry_rate(observed: Observed) -> float | None:
    deposited = {one.parcel_id for one in observed.within("deposited")}
    expired = {one.parcel_id for one in observed.happenings if one.kind == "expired"}
    return _ratio(len(deposited & expired), len(deposited))


def _fault_rate(observed: Observed) -> float | None:
    return _ratio(1000 * len(observed.within("fault_found")), observed.openings)


def _courier_seconds(observed: Observed) -> float | None:
    return _ratio(sum(seconds for seconds, _ in observed.visits), sum(parcels for _, parcels in observed.visits))


def _spared(observed: Observed) -> int:
    """Parcels that were put into a locker in this time after a failed attempt at the door."""
    failed: set[str] = set()
    spared: set[str] = set()
    for one in observed.happenings:
        if one.kind == "attempt_failed":
            failed.add(one.parcel_id)
        elif one.kind == "deposited" and one.parcel_id in failed and observed.span[0] <= one.at_s < observed.span[1]:
            spared.add(one.parcel_id)
    return len(spared)


def _under_a_day(observed: Observed) -> float | None:
    dwells_h = _dwells_h(observed)
    return _ratio(sum(one < 24 for one in dwells_h), len(dwells_h))


FIGURES: tuple[Figure, ...] = (
    Figure(
        "occupancy", "ratio", "machines", "Door-hours occupied by a parcel / door-hours in service.",
        "Operators call about 0.5 profitable (Last Mile Experts).", _occupancy,
    ),
    Figure(
        "turnover", "parcels per door and day", "machines", "Deposits / door-days in service.",
        "Simulated sites reach 0.71 to 0.79 at 80 to 120 % load.", _turnover,
    ),
    Figure(
        "dwell_mean_h", "hours", "parcels", "From deposit to collection, mean of the parcels collected in this time.",
        "PostNord Norway: 31.6 h.", lambda seen: _mean(_dwells_h(seen)),
    ),
    Figure(
        "dwell_under_24h", "ratio", "parcels", "Of the parcels collected in this time, those that lay less than 24 h.",
        "PostNord Norway: 0.60.", _under_a_day,
    ),
    Figure(
        "first_attempt_success", "ratio", "network",
        "Of the parcels whose first attempt falls into this time, those that went into a locker at once, not to a door"
        " in vain. Home deliveries that succeed are told to nobody here.",
        "Homes: 0.80 to 0.97; out of home: above 0.99 (Last Mile Experts).", _first_attempt_success,
    ),
    Figure(
        "fallback_rate", "ratio", "network",
        "Of the parcels that failed at a door in this time, those that a locker took.",
        "Simulated: 0.996 at 80 % load with four compartments kept and neighbours within 2 km.", _fallback_rate,
    ),
    Figure(
        "expiry_rate", "ratio", "parcels",
        "Of the parcels deposited in this time, those not collected before their deadline.",
        "No operator publishes it; of French pick-up point parcels 0.17 stay longer than 72 h.", _expiry_rate,
    ),
    Figure(
        "door_faults_per_1000", "faults per 1 000 openings", "machines",
        "Faults found / openings of doors, times 1 000.",
        "Nothing is published; the project's own target for openings that succeed is 0.999.", _fault_rate,
    ),
    Figure(
        "availability", "ratio", "machines", "Door-hours in service / door-hours installed.",
        "Nothing is published; one dead door in 76 costs 0.7 points of acceptance (simulated).", _availability,
    ),
    Figure(
        "courier_seconds", "seconds per parcel", "machines",
        "From a courier's first scan to the last deposit of the visit, divided by the parcels deposited in it.",
        "About 15 to 20 s a deposit; 200 to 250 parcels a stop (InPost 2022).", _courier_seconds,
    ),
    Figure(
        "rating", "1 to 5", "parcels", "Mean of what recipients say after a collection.",
        "InPost's machines: a net promoter score of 72 to 75 (IPC 2022), which is another scale.",
        lambda seen: _mean(seen.stars), "nobody has rated a collection in this time",
    ),
    Figure(
        "co2_saved_kg", "kg", "network",
        f"Parcels put into a locker after a failed attempt, times {LOCKER_SAVES} of the {HOME_KG} kg that one home"
        " delivery causes.",
        "0.294 kg: InPost 2020. 13 %: the low end of studies that count recipients' trips (Greater Oslo).",
        lambda seen: _spared(seen) * HOME_KG * LOCKER_SAVES,
    ),
    Figure(
        "money_saved_eur", "EUR", "network",
        f"Parcels put into a locker after a failed attempt, times {FAILED_ATTEMPT_EUR:.0f} EUR for another failed one.",
        "14 EUR a failed delivery in the EU; 17.20 USD in the USA (Loqate 2021).",
        lambda seen: _spared(seen) * FAILED_ATTEMPT_EUR,
    ),
)  # fmt: skip
