"""Decides what is said to the hub next: greeting, one batch of reports in flight, and everything again until answered.

Pure: the journal, the present standing, times (milliseconds since the start) and chances come in as arguments. The
broker between may lose, repeat, delay and reorder anything; `uplink` carries, the hub's answers alone move the link on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from locker.wire.chain import GENESIS
from locker.wire.messages import Batch, Confirm, Hello, Message, Welcome

BATCH_FACTS_MAX = 200
RETRY_MS, RETRY_MS_MAX = 2_000, 20_000
HELLO_EVERY_MS = 30_000
"""A greeting in quiet times finds a hub that was restored from a backup, and orders that the broker has lost."""


class Reports(Protocol):
    """What the link needs of the journal."""

    head: str

    def place(self, digest: str) -> int | None:
        """The position of an entry; 0 for GENESIS, None for one from elsewhere."""

    def after(self, digest: str, limit: int) -> tuple[str, tuple[dict[str, Any], ...]]:
        """The hash before, and the entries behind `digest` (from the start where it is from elsewhere)."""

    def confirmed(self, known: str, safe: str = "") -> None:
        """Note how far the hub has got."""


class Link:
    """One locker's conversation with the hub. Every call returns what is to be sent now, in order.

    `hello` gives the locker's standing at the moment of asking. Between `connected` and `disconnected` call `tick` when
    `due_ms` is reached, and `appended` whenever the journal has grown.
    """

    def __init__(self, locker: str, journal: Reports, hello: Callable[[], Hello]) -> None:
        self._locker = locker
        self._journal = journal
        self._hello = hello
        self._online = False
        self._greeted_ms = self._hello_ms = 0
        self._reset()

    @property
    def due_ms(self) -> int | None:
        """When `tick` is due (None: never, as there is no connection)."""
        return min(self._hello_ms, self._batch_ms or self._hello_ms) if self._online else None

    @property
    def settled(self) -> bool:
        """Whether the hub has confirmed all there is to tell."""
        return self._online and self._greeted and self._batch_ms is None and self._cursor == self._journal.head

    def connected(self, now_ms: int) -> list[Message]:
        """There is a broker again. Nothing but the greeting is said until the hub has answered it."""
        self._reset()
        self._online = True
        return self._greet(now_ms, RETRY_MS)

    def disconnected(self) -> None:
        """The connection has gone; what was in flight may have arrived or not."""
        self._online = False

    def appended(self, now_ms: int) -> list[Message]:
        """The journal has grown."""
        ready = self._online and self._greeted and self._batch_ms is None
        return self._next_batch(now_ms) if ready else []

    def ask(self, now_ms: int) -> list[Message]:
        """Greets anew, so that the hub sends the orders that are missing; soon where that was just done."""
        if not self._online:
            return []
        if now_ms - self._greeted_ms >= RETRY_MS:
            return self._greet(now_ms, RETRY_MS)
        self._hello_ms = min(self._hello_ms, self._greeted_ms + RETRY_MS)
        return []

    def received(self, message: Message, now_ms: int) -> list[Message]:
        """An answer of the hub. Orders aren't the link's business: they go to the cabinet."""
        if not self._online:
            return []
        if isinstance(message, Welcome):
            return self._welcomed(message.head, now_ms)
        if isinstance(message, Confirm):
            return self._confirmed(message, now_ms)
        return []

    def tick(self, now_ms: int, chance: float) -> list[Message]:
        """Time has passed: repeats what wasn't answered. `chance` (0 to 1) spreads the repeats of many lockers."""
        assert 0 <= chance <= 1, "a share, not a number of milliseconds"
        if not self._online:
            return []
        messages: list[Message] = []
        if now_ms >= self._hello_ms:
            self._greetings += 1
            usual_ms = HELLO_EVERY_MS if self._greeted else _pause_ms(self._greetings)
            messages += self._greet(now_ms, _spread(usual_ms, chance))
        if self._batch_ms is not None and now_ms >= self._batch_ms:
            self._sendings += 1
            messages += self._batch_again(now_ms, _spread(_pause_ms(self._sendings), chance))
        return messages

    def _reset(self) -> None:
        self._greeted = False
        self._greetings = 0
        self._greeted_ms = self._hello_ms = 0
        self._cursor = GENESIS  # everything up to here is at the hub, as far as we know
        self._batch_ms: int | None = None  # when the batch in flight counts as lost
        self._sendings = 0
        self._stands_at: str | None = None  # an answer that wasn't progress: gap or old echo, the time-out will tell
        self._foreign = ""

    def _greet(self, now_ms: int, again_in_ms: int) -> list[Message]:
        self._greeted_ms, self._hello_ms = now_ms, now_ms + again_in_ms
        return [self._hello()]

    def _welcomed(self, head: str, now_ms: int) -> list[Message]:
        first, self._greeted, self._greetings = not self._greeted, True, 0
        self._hello_ms = now_ms + HELLO_EVERY_MS
        if self._batch_ms is not None:
            self._stands_at = head
            return []
        if not first and head in (self._cursor, self._foreign):
            return []
        self._go_to(head)
        return self._next_batch(now_ms)

    def _confirmed(self, answer: Confirm, now_ms: int) -> list[Message]:
        place = self._journal.place(answer.known)
        forward = self._batch_ms is not None and place is not None and place > (self._journal.place(self._cursor) or 0)
        self._journal.confirmed(answer.known if forward else "", answer.safe)
        if forward:
            self._cursor = answer.known
            return self._next_batch(now_ms)
        # Going back at once would answer every repeated message with a batch, and repeats would breed.
        self._stands_at = answer.known
        return []

    def _go_to(self, head: str) -> None:
        known_here = self._journal.place(head) is not None
        self._cursor = head if known_here else GENESIS
        if not known_here:
            self._foreign = head

    def _batch_again(self, now_ms: int, wait_ms: int) -> list[Message]:
        if self._stands_at is not None:
            self._go_to(self._stands_at)
        return self._send(now_ms, wait_ms)

    def _next_batch(self, now_ms: int) -> list[Message]:
        self._sendings = 0
        return self._send(now_ms, RETRY_MS)

    def _send(self, now_ms: int, wait_ms: int) -> list[Message]:
        self._stands_at = None
        parent, facts = self._journal.after(self._cursor, BATCH_FACTS_MAX)
        if not facts:
            # An old greeting's answer may name a place that the journal has let go: behind it is nothing to tell.
            self._batch_ms, self._cursor = None, parent
            return []
        assert self._online and self._greeted, "nothing is reported before the hub has answered the greeting"
        self._batch_ms = now_ms + wait_ms
        return [Batch(locker=self._locker, parent=parent, facts=facts)]


def _pause_ms(attempts: int) -> int:
    return min(RETRY_MS_MAX, RETRY_MS << min(attempts, 8))


def _spread(usual_ms: int, chance: float) -> int:
    return round(usual_ms * (0.5 + chance / 2))
