"""How recipients hear of what a locker has reported: at once, by another way, in the morning, and hardly ever twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hub_service.domain.courtesy import Courtesy
from hub_service.handlers import announce
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Recipient
from hub_service.notices.channels import Refused
from hub_service.notices.words import Message
from hub_service.notices.worker import Worker
from hub_service.store import outbox
from hub_service.store.outbox import Notice
from tests.pair.machine import Machine
from tests.pair.town import Town, wish


@dataclass
class Provider:
    """Carries mails and text messages, unless it is away, knows no such address, or forgets to answer."""

    away: bool = False
    silent: bool = False
    unknown: tuple[str, ...] = ()
    taken: list[tuple[str, str, str]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def deliver(self, notice: Notice, message: Message) -> None:
        if self.away:
            raise ConnectionRefusedError
        if notice.to in self.unknown:
            raise Refused("no such address")
        self.taken.append((notice.channel, notice.kind, message.sms))
        self.keys.append(notice.once)
        if self.silent:
            raise TimeoutError


def work(town: Town, provider: Provider) -> None:
    """The hub hands over all that is due now."""
    Worker(town.hub.store, provider, town.hub.now_ms).work()


def announced(town: Town, **who: str) -> ParcelView:
    """A parcel for somebody with these addresses."""
    wanted = wish("ada", f"ADA{len(town.parcels) + 1}", "elm", "S")
    recipient = Recipient(**{"name": "Ada", "email": "ada@example.org"} | who)
    parcel = announce.announce(town.hub, replace(wanted, recipient=recipient))
    assert isinstance(parcel, ParcelView)
    town.parcels.append(parcel)
    town.settle()
    return parcel


def kinds(provider: Provider) -> list[str]:
    return [kind for _, kind, _ in provider.taken]


def test_a_provider_that_is_away_for_days_gets_everything_once_and_in_order(town: Town, elm: Machine) -> None:
    provider = Provider(away=True)
    parcel = announced(town)
    town.deposit(elm, parcel)
    town.settle()
    work(town, provider)
    # Two days later the reminder is due as well.
    town.leap(49)
    work(town, provider)
    assert provider.taken == []
    provider.away = False
    town.leap(1)
    work(town, provider)
    work(town, provider)
    assert kinds(provider) == ["ready", "reminder"]


def test_whoever_has_no_mail_any_more_gets_a_text_message_with_the_code(town: Town, elm: Machine) -> None:
    provider = Provider(unknown=("ada@example.org",))
    parcel = announced(town, phone="+12025550147")
    town.deposit(elm, parcel)
    town.settle()
    work(town, provider)
    work(town, provider)
    ready = [text for channel, kind, text in provider.taken if (channel, kind) == ("sms", "ready")]
    assert len(ready) == 1 and f"{parcel.pin[:4]} {parcel.pin[4:]}" in ready[0]
    with town.hub.store.read() as db:
        states = [(one.channel, one.state) for one in outbox.told(db, parcel.id) if one.kind == "ready"]
    assert states == [("email", "refused"), ("sms", "sent")]
    # A second way for the same news is no second message.
    town.told_again |= {"ready"}


def test_at_night_nothing_rings_and_in_the_morning_everybody_knows(town: Town, elm: Machine) -> None:
    night = Courtesy(quiet_from_hour=0, quiet_until_hour=23)
    town.hub = replace(town.hub, courtesy=night)
    provider = Provider()
    asleep, reads_mail = announced(town, email="", phone="+12025550147"), announced(town)
    for parcel in (asleep, reads_mail):
        town.deposit(elm, parcel)
        town.settle()
    work(town, provider)
    assert {channel for channel, _, _ in provider.taken} == {"email"}
    town.leap(24)
    work(town, provider)
    assert ("sms", "ready") in [(channel, kind) for channel, kind, _ in provider.taken]


def test_what_was_collected_meanwhile_is_told_to_nobody_any_more(town: Town, elm: Machine) -> None:
    town.hub = replace(town.hub, courtesy=Courtesy(quiet_from_hour=0, quiet_until_hour=23))
    provider = Provider()
    parcel = announced(town, email="", phone="+12025550147")
    town.deposit(elm, parcel)
    town.settle()
    town.collect(elm, parcel)
    town.settle()
    town.leap(24)
    work(town, provider)
    assert kinds(provider) == ["collected"], "that it is ready is no news any more"


def test_twice_only_where_the_provider_never_answered_and_then_under_the_same_key(town: Town, elm: Machine) -> None:
    provider = Provider(silent=True)
    parcel = announced(town)
    town.deposit(elm, parcel)
    town.settle()
    work(town, provider)
    provider.silent = False
    town.leap(1)
    work(town, provider)
    work(town, provider)
    assert kinds(provider) == ["ready"] * 2
    assert len(set(provider.keys)) == 1, "by its key a provider knows that it has it already"
    town.collect(elm, parcel)
    town.settle()
    work(town, provider)
    assert kinds(provider)[2:] == ["collected"]
