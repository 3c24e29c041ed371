"""What must be true in the store besides, when workers were killed: nobody is told twice, every order is obeyed."""

from __future__ import annotations

from locker.twin.stage import Stage
from tests.servers.postgresql import PostgreSQL
from tests.siege.people import Crowd
from tests.siege.truth import violations as besieged

_TWICE = (
    "SELECT n.kind, COUNT(*) FROM mailbox AS m JOIN notices_outbox AS n ON n.id = m.notice_id"
    " GROUP BY n.kind, n.once HAVING COUNT(*) > 1"
)
_UNSENT = "SELECT kind FROM notices_outbox WHERE sent_ms IS NULL AND refused_ms IS NULL AND overtaken_ms IS NULL"
_BEHIND = "SELECT id FROM lockers WHERE stands_digest <> last_digest OR stands_epoch <> epoch"


async def violations(stage: Stage, database: PostgreSQL, crowds: list[Crowd]) -> list[str]:
    """Everything that is wrong, a sentence each."""
    return [
        # No card was replaced here.
        *await besieged(stage, crowds, {place.id: set() for place in stage.lockers}),
        *(f"somebody was told {count} times: {kind}" for kind, count in database.run(_TWICE)),
        *(f"a notice never left: {kind}" for (kind,) in database.run(_UNSENT)),
        *(f"{name} hasn't obeyed its last order" for (name,) in database.run(_BEHIND)),
    ]
