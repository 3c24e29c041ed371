"""What a visitor of the demo does next with a parcel, and which codes they need for it."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.handlers.views import DemoLink, ParcelView


@dataclass(frozen=True, slots=True)
class Code:
    """Something to copy."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One parcel with its next sensible step; `link` leads to its locker where something is to be done there."""

    parcel: ParcelView
    tone: str
    status: str
    text: str
    codes: tuple[Code, ...] = ()
    link: DemoLink | None = None
    can_fail: bool = False


@dataclass(frozen=True, slots=True)
class _Told:
    tone: str
    status: str
    text: str
    codes: str = ""  # which: l(abel), p(in), t(icket)


_HOME = _Told("way", "to the door", "The courier rings. Nobody opens?")
_AWAITED = _Told("way", "on its way", "Be the courier: scan its label at {locker}, put it in, shut the door.", "l")
_TOLD = {
    "redirected": _Told(
        "way", "redirected", "Be the courier: scan its label at {locker}. The code from the mail stays good.", "l"
    ),
    "ready_for_pickup": _Told(
        "ready", "ready", "Be the recipient at {locker}: type the PIN, or hold the ticket before the scanner.", "pt"
    ),
    "expired": _Told(
        "late", "time is over", "The PIN still opens it, until a courier types their code and takes it back.", "p"
    ),
    "collected": _Told("done", "collected", "Done. Its code opens nothing any more: try it."),
    "retrieved": _Told("done", "taken back", "Done: a courier has it again."),
    "delivery_failed": _Told("late", "no locker found", "No locker had room for it. Make some, then announce another."),
    "cancelled": _Told("done", "cancelled", "Done. Its label opens nothing."),
    "needs_attention": _Told("help", "needs attention", "A person has to look: what hub and locker say doesn’t agree."),
}


def next_step(parcel: ParcelView, links: tuple[DemoLink, ...]) -> Step:
    """What can be done with this parcel now."""
    told = _TOLD.get(parcel.status) or (_AWAITED if parcel.locker_id else _HOME)
    codes = {
        "l": Code("Label", parcel.tracking_number),
        "p": Code("PIN", parcel.pin.replace(" ", "")),
        "t": Code("Ticket", parcel.ticket),
    }
    return Step(
        parcel=parcel,
        tone=told.tone,
        status=told.status,
        text=told.text.replace("{locker}", parcel.locker_name),
        codes=tuple(codes[which] for which in told.codes),
        link=next((link for link in links if told.codes and link.locker_id == parcel.locker_id), None),
        can_fail=told is _HOME,
    )
