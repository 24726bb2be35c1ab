"""The outbox: what must reach a chart is written in the transaction that wants it, and delivered from there.

An effect is a transaction Bundle. It is delivered until the record service has it, with longer and longer
pauses; a bundle that the service refuses for good becomes a dead letter, which a person looks at and may
send again. Its identifiers are deterministic and its creates conditional, so that delivering twice (the
process died between the service's answer and our note of it) leaves one copy.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.conversations.clock import RealClock
from assistant.conversations.durable import Durable
from assistant.conversations.ports import DeliveryFailed, DeliveryRejected, RecordService
from assistant.settings import Delivery
from assistant.storage import Database, effects

log = structlog.get_logger(__name__)

WORKFLOW = "deliver_effect"
_AT_ONCE = 8
"""Bundles under way at the same time: a chart server is not flooded after it was away."""

State = Literal["pending", "delivered", "dead"]


class UnknownDeadLetter(LookupError):
    """There is no dead letter under this id."""


@dataclass(frozen=True)
class Effect:
    """A bundle to deliver. `kind` says what for: `chart`, `escalation`."""

    id: str
    organization_id: str
    conversation_id: str | None
    kind: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class DeadLetter:
    """An effect that the record service refused for good."""

    id: str
    conversation_id: str | None
    kind: str
    attempts: int
    last_error: str | None
    created_at: datetime


class Outbox:
    """Takes effects in and delivers them by durable workflows, one for each effect."""

    def __init__(
        self, database: Database, durable: Durable, records: RecordService, pauses: Delivery, clock: RealClock
    ) -> None:
        self._database = database
        self._durable = durable
        self._records = records
        self._pauses = pauses
        self._clock = clock
        self._slots = asyncio.Semaphore(_AT_ONCE)
        durable.register(WORKFLOW, self._deliver)

    async def add(self, connection: AsyncConnection, effect: Effect) -> None:
        """Write the effect and enqueue its delivery, both in `connection`'s transaction."""
        await connection.execute(
            insert(effects).values(
                id=effect.id,
                organization_id=effect.organization_id,
                conversation_id=effect.conversation_id,
                kind=effect.kind,
                payload=effect.payload,
                status="pending",
                attempts=0,
                created_at=self._clock(),
            )
        )
        await self._durable.enqueue(connection, WORKFLOW, effect.id, effect.id)

    async def revive(self) -> int:
        """Enqueue again what is pending although its workflow is gone (an error of ours, a lost database)."""
        async with self._database.read() as connection:
            rows = (
                await connection.execute(
                    select(effects.c.id, effects.c.attempts).where(effects.c.status == "pending")
                )
            ).all()
        revived = 0
        for row in rows:
            if await self._durable.failed(row.id):
                async with self._database.transaction() as connection:
                    await self._again(connection, row.id, row.attempts)
                revived += 1
        return revived

    async def dead_letters(self, organization_id: str) -> Sequence[DeadLetter]:
        """What was refused for good, oldest first."""
        columns = effects.c
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(
                    columns.id,
                    columns.conversation_id,
                    columns.kind,
                    columns.attempts,
                    columns.last_error,
                    columns.created_at,
                )
                .where(columns.status == "dead", columns.organization_id == organization_id)
                .order_by(columns.created_at)
            )
            return [DeadLetter(*row) for row in rows]

    async def retry(self, connection: AsyncConnection, effect_id: str, organization_id: str) -> None:
        """Deliver a dead letter once more. Raises UnknownDeadLetter."""
        attempts = await connection.scalar(
            update(effects)
            .where(
                effects.c.id == effect_id,
                effects.c.status == "dead",
                effects.c.organization_id == organization_id,
            )
            .values(status="pending")
            .returning(effects.c.attempts)
        )
        if attempts is None:
            raise UnknownDeadLetter(effect_id)
        await self._again(connection, effect_id, attempts)

    async def _again(self, connection: AsyncConnection, effect_id: str, attempts: int) -> None:
        """A finished workflow id cannot run again, so each further round has a number of its own."""
        await self._durable.enqueue(connection, WORKFLOW, f"{effect_id}:after-{attempts}", effect_id)

    async def _deliver(self, effect_id: str) -> None:
        pause = self._pauses.first_pause_seconds
        while await self._durable.step("attempt", self.attempt, effect_id) == "pending":
            await self._durable.sleep(pause)
            pause = min(pause * 2, self._pauses.longest_pause_seconds)

    async def attempt(self, effect_id: str) -> State:
        """Try once to deliver an effect that is pending; gives how it stands afterwards."""
        async with self._database.read() as connection:
            row = (
                await connection.execute(
                    select(effects.c.status, effects.c.payload).where(effects.c.id == effect_id)
                )
            ).one_or_none()
        if row is None or row.status != "pending":
            return "delivered" if row is None else row.status
        async with self._slots:
            state, changes = await self._try(effect_id, row.payload)
        async with self._database.transaction() as connection:
            await connection.execute(
                update(effects)
                .where(effects.c.id == effect_id, effects.c.status == "pending")
                .values(status=state, attempts=effects.c.attempts + 1, **changes)
            )
        log.info("effect_attempted", effect_id=effect_id, state=state)
        return state

    async def _try(self, effect_id: str, payload: dict[str, Any]) -> tuple[State, dict[str, Any]]:
        try:
            result = await self._records.deliver(payload)
        except DeliveryRejected as error:
            return "dead", {"last_error": str(error)}
        except DeliveryFailed as error:
            return "pending", {"last_error": str(error)}
        except Exception as error:
            log.exception("delivery_broke", effect_id=effect_id)
            return "pending", {"last_error": type(error).__name__}
        return "delivered", {"last_error": None, "result": result, "delivered_at": self._clock()}
