"""What lockers say, from signed bytes to answers: believed or dropped, taken together, answered after the commit.

The broker is trusted with nothing: every message is checked against its sender's key, and lost ones come again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub_service import telemetry
from hub_service.handlers import links, opening, reports
from hub_service.handlers.hub import Hub
from hub_service.handlers.reports import Told
from locker.wire import topics
from locker.wire.codec import WireError, decode
from locker.wire.messages import Batch, Hello, Message, Presence
from locker.wire.opening import Answered, Challenge

Answer = tuple[str, Message]
"""A message, and the locker that it is for."""

_Said = Hello | Batch | Presence | Challenge | Answered
"""What lockers say; all else that is signed is the hub's own."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes what has come; holds nothing itself."""

    hub: Hub

    def taken(self, heard: Sequence[tuple[str, bytes]]) -> list[Answer]:
        """What to answer, and to whom, now that everything in these messages (topic and bytes) is committed."""
        about_doors, reported = self._believed(heard)
        # Somebody stands in front of a door and waits: that comes first.
        return [*self._opened(about_doors), *self._taken(reported)]

    def _opened(self, believed: Sequence[tuple[str, Challenge | Answered]]) -> list[Answer]:
        answers: list[Answer] = []
        for locker_id, message in believed:
            try:
                answers += [(locker_id, answer) for answer in opening.heard(self.hub, locker_id, message)]
            except Exception:  # noqa: BLE001 - the hub asks the locker once more, or somebody asks the hub
                self._failed((locker_id, message))
        return answers

    def _taken(self, believed: Sequence[Told]) -> list[Answer]:
        if not believed:
            return []
        try:
            return self._answered(believed)
        except Exception:  # noqa: BLE001 - what can't be handled now comes again, and holds up nobody else
            if len(believed) > 1:
                return [answer for one in believed for answer in self._alone(one)]
            self._failed(believed[0])
        return []

    def _alone(self, one: Told) -> list[Answer]:
        try:
            return self._answered([one])
        except Exception:  # noqa: BLE001 - the same
            self._failed(one)
        return []

    def _failed(self, one: tuple[str, Message]) -> None:
        self.hub.measures.refused.labels("fault").inc()
        _log.exception("couldn't take a message of %s", one[0])

    def _believed(
        self, heard: Sequence[tuple[str, bytes]]
    ) -> tuple[list[tuple[str, Challenge | Answered]], list[Told]]:
        addressed = [(topics.read_topic(topic), payload) for topic, payload in heard]
        senders = [(address.locker, payload) for address, payload in addressed if address is not None]
        keys = links.public_keys(self.hub, [locker_id for locker_id, _ in senders])
        about_doors: list[tuple[str, Challenge | Answered]] = []
        reported: list[Told] = []
        for locker_id, payload in senders:
            try:
                message = _verified(locker_id, payload, keys.get(locker_id))
                if isinstance(message, Challenge | Answered):
                    about_doors.append((locker_id, message))
                else:
                    reported.append((locker_id, message))
            except WireError as error:
                self.hub.measures.refused.labels(error.code).inc()
                _log.warning("dropped a message of %s: %s", locker_id, error.code)
        return about_doors, reported

    def _answered(self, believed: Sequence[Told]) -> list[Answer]:
        kind = "several" if len(believed) > 1 else believed[0][1].kind
        with self.hub.measures.batch_s.labels(kind).time(), telemetry.when_committed():
            found = reports.take_all(self.hub, believed)
        for _, message in believed:
            if isinstance(message, Batch):
                self._count(message)
        return [(name, answer) for (name, _), answers in zip(believed, found, strict=True) for answer in answers]

    def _count(self, batch: Batch) -> None:
        # After the commit. Each visit once: its facts are in the locker's journal and in the store.
        kinds = [str(fact.get("kind"))[:40] for fact in batch.facts]
        self.hub.measures.took(kinds)
        visits = {str(fact.get("visit") or ""): None for fact in batch.facts}
        for visit in visits if batch.facts else ():
            told = [kind for fact, kind in zip(batch.facts, kinds, strict=True) if (fact.get("visit") or "") == visit]
            telemetry.tell("reports_taken", cause=visit, locker=batch.locker, kinds=",".join(told))


def _verified(locker_id: str, payload: bytes, public_key: str | None) -> _Said:
    if public_key is None:
        raise WireError("unknown_locker", "no locker of this name is known")
    message = decode(payload, Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)))
    if isinstance(message, _Said) and message.locker == locker_id:
        return message
    raise WireError("misplaced", "this kind of message, or its sender, doesn't belong on this topic")
