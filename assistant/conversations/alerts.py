"""Alerts: a person has to look, says that they have, and is followed by the next when they do not.

An emergency that nobody has acknowledged within five minutes, an urgent alert within thirty, goes to the
next on the duty chain: a durable timer, set in the transaction that raises the alert, marks the alert and
puts a Task into the chart. It goes on to the next after the same time, to the end of the chain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.conversations.clock import RealClock
from assistant.conversations.durable import Durable
from assistant.conversations.outbox import Effect, Outbox
from assistant.conversations.trail import Trail
from assistant.dialogue.events import AlertLevel, AlertRaised
from assistant.settings import Escalation
from assistant.storage import Database, alerts

WORKFLOW = "escalate_alert"
REVIEW_WITHIN = timedelta(days=1)
"""What a doctor should look at waits for the working day; it is listed, not escalated."""

_SEVERITY = [AlertLevel.NONE, AlertLevel.DOCTOR_REVIEW, AlertLevel.URGENT, AlertLevel.EMERGENCY]
_SYSTEM = "urn:health-centre-assistant:alert"


class UnknownAlert(LookupError):
    """There is no such alert in this organisation."""


@dataclass(frozen=True)
class Alert:
    """One alert as it stands. Times are real ones."""

    id: str
    conversation_id: str | None
    resident_id: str | None
    level: str
    reason: str
    raised_at: datetime
    due_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    escalated_at: datetime | None
    escalation_level: int


_COLUMNS = tuple(alerts.c[name] for name in Alert.__dataclass_fields__)


class Alerts:
    """Raises, lists, acknowledges and escalates alerts."""

    def __init__(
        self, database: Database, durable: Durable, outbox: Outbox, escalation: Escalation, clock: RealClock
    ) -> None:
        self._database = database
        self._durable = durable
        self._outbox = outbox
        self._escalation = escalation
        self._clock = clock
        durable.register(WORKFLOW, self._escalate)

    async def raise_from(
        self, connection: AsyncConnection, trail: Trail, outcome: dict[str, Any] | None
    ) -> None:
        """Write the alerts that a turn raised, and that of its outcome when it is the worst."""
        before = sum(isinstance(recorded.event, AlertRaised) for recorded in trail.happened[: trail.known])
        raised = trail.of(AlertRaised)
        for number, event in enumerate(raised[before:], start=before + 1):
            await self._insert(connection, trail, number, event.level, event.reason)
        if outcome is not None:
            level = AlertLevel(outcome["alert_level"])
            worst = max((_SEVERITY.index(event.level) for event in raised), default=0)
            if _SEVERITY.index(level) > worst:
                await self._insert(connection, trail, len(raised) + 1, level, _reason(outcome))

    async def open(self, organization_id: str, *, all_: bool = False) -> Sequence[Alert]:
        """Alerts that nobody has acknowledged (or all), the most severe first, then the oldest."""
        query = select(*_COLUMNS).where(alerts.c.organization_id == organization_id)
        if not all_:
            query = query.where(alerts.c.acknowledged_at.is_(None))
        async with self._database.read() as connection:
            found = [_alert(row) for row in await connection.execute(query)]
        return sorted(found, key=lambda a: (-_SEVERITY.index(AlertLevel(a.level)), a.raised_at))

    async def acknowledge(
        self, connection: AsyncConnection, alert_id: str, by: str, organization_id: str
    ) -> Alert:
        """Note that a member of staff has seen it. The first one stays; raises UnknownAlert."""
        mine = (alerts.c.id == alert_id) & (alerts.c.organization_id == organization_id)
        await connection.execute(
            update(alerts)
            .where(mine, alerts.c.acknowledged_at.is_(None))
            .values(acknowledged_at=self._clock(), acknowledged_by=by)
        )
        row = (await connection.execute(select(*_COLUMNS).where(mine))).one_or_none()
        if row is None:
            raise UnknownAlert(alert_id)
        return _alert(row)

    async def _insert(
        self, connection: AsyncConnection, trail: Trail, number: int, level: AlertLevel, reason: str
    ) -> None:
        id_ = f"{trail.state.id}-alert-{number}"
        at = self._clock()
        patience = self._patience(level)
        await connection.execute(
            insert(alerts).values(
                id=id_,
                organization_id=trail.organization_id,
                conversation_id=trail.state.id,
                resident_id=trail.state.resident_id,
                level=level.value,
                reason=reason,
                raised_at=at,
                due_at=at + (patience or REVIEW_WITHIN),
            )
        )
        if patience is not None:
            await self._durable.enqueue(
                connection, WORKFLOW, f"escalate:{id_}", id_, delay_seconds=patience.total_seconds()
            )

    def _patience(self, level: str) -> timedelta | None:
        """How long an alert of this level may wait before it is escalated; None for ever."""
        if level == AlertLevel.EMERGENCY:
            return timedelta(seconds=self._escalation.emergency_seconds)
        if level == AlertLevel.URGENT:
            return timedelta(seconds=self._escalation.urgent_seconds)
        return None

    async def _escalate(self, alert_id: str) -> None:
        for rung in range(1, self._escalation.chain + 1):
            patience = await self._durable.step("escalate", self.escalate, alert_id, rung)
            if patience == 0:
                return
            await self._durable.sleep(patience)

    async def escalate(self, alert_id: str, rung: int) -> float:
        """Bring an alert before the `rung`-th person after the first; gives the seconds to wait for them.

        0 when somebody has acknowledged it. Repeating a rung changes nothing.
        """
        async with self._database.transaction() as connection:
            row = (
                await connection.execute(
                    select(*_COLUMNS, alerts.c.organization_id).where(alerts.c.id == alert_id)
                )
            ).one_or_none()
            if row is None or row.acknowledged_at is not None:
                return 0
            patience = self._patience(row.level) or REVIEW_WITHIN
            if row.escalation_level >= rung:
                return patience.total_seconds()
            await connection.execute(
                update(alerts)
                .where(alerts.c.id == alert_id)
                .values(escalated_at=self._clock(), escalation_level=rung)
            )
            if row.resident_id is not None:
                await self._outbox.add(
                    connection,
                    Effect(
                        id=f"{alert_id}-escalation-{rung}",
                        organization_id=row.organization_id,
                        conversation_id=row.conversation_id,
                        kind="escalation",
                        payload=escalation_bundle(_alert(row), rung, self._clock()),
                    ),
                )
        return patience.total_seconds()


def escalation_bundle(alert: Alert, rung: int, at: datetime) -> dict[str, Any]:
    """A transaction with the Task that tells the next on the duty chain."""
    identifier = {"system": _SYSTEM, "value": f"{alert.id}-escalation-{rung}"}
    task = {
        "resourceType": "Task",
        "identifier": [identifier],
        "status": "requested",
        "intent": "order",
        "priority": "stat" if alert.level == AlertLevel.EMERGENCY else "asap",
        "code": {"text": "警报升级"},
        "description": f"警报无人确认，已升级至第{rung}级值班人员：{alert.reason}",
        "for": {"reference": f"Patient/{alert.resident_id}"},
        "authoredOn": at.isoformat(timespec="seconds"),
    }
    request = {"method": "POST", "url": "Task", "ifNoneExist": f"identifier={_SYSTEM}|{identifier['value']}"}
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": f"urn:uuid:{uuid5(NAMESPACE_URL, _SYSTEM + identifier['value'])}",
                "resource": task,
                "request": request,
            }
        ],
    }


def _reason(outcome: dict[str, Any]) -> str:
    reasons = [item["text"] for item in outcome.get("reasons", []) if item.get("text")]
    return "；".join(reasons) or str(outcome.get("next_step") or "需要医生查看")


def _alert(row: Row[*tuple[Any, ...]]) -> Alert:
    return Alert(**{name: getattr(row, name) for name in Alert.__dataclass_fields__})
