"""Alerts and dead letters: what a person has to look at."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from pydantic import BaseModel, ConfigDict

from assistant.channels.problems import responses
from assistant.conversations.alerts import Alerts, UnknownAlert
from assistant.conversations.clock import real_now
from assistant.conversations.outbox import Outbox, UnknownDeadLetter
from assistant.security.access import Principal
from assistant.security.audit import audit
from assistant.security.guards import require
from assistant.storage import Database


class AlertOut(BaseModel):
    """One alert. Not acknowledged by `due_at`, it goes to the next on the duty chain."""

    model_config = ConfigDict(from_attributes=True)

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


class DeadLetterOut(BaseModel):
    """A bundle that the record service refused for good, and what it said."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    conversation_id: str | None
    kind: str
    attempts: int
    last_error: str | None
    created_at: datetime


class Retried(BaseModel):
    """A dead letter on its way again."""

    id: str
    status: str = "pending"


def _alerts(request: Request) -> Alerts:
    found: Alerts = request.app.state.services.alerts
    return found


def _outbox(request: Request) -> Outbox:
    found: Outbox = request.app.state.services.outbox
    return found


def _database(request: Request) -> Database:
    found: Database = request.app.state.services.database
    return found


_Alerts = Annotated[Alerts, Depends(_alerts)]
_Outbox = Annotated[Outbox, Depends(_outbox)]
_Database = Annotated[Database, Depends(_database)]
_Caller = Annotated[Principal, Depends(require())]
_Operator = Annotated[Principal, Depends(require("operator"))]


def router() -> APIRouter:
    """`/api/alerts` and `/api/dead-letters`, for authorised clients."""
    routes = APIRouter(prefix="/api")
    routes.get(
        "/alerts", tags=["alerts"], summary="Alerts, the most severe first", operation_id="listAlerts",
        responses=responses(401),
    )(_list_alerts)  # fmt: skip
    routes.post(
        "/alerts/{alert_id}/acknowledge", tags=["alerts"], summary="Say that you have seen an alert",
        operation_id="acknowledgeAlert", responses=responses(401, 404),
    )(_acknowledge)  # fmt: skip
    routes.get(
        "/dead-letters", tags=["delivery"], summary="What the record service refused for good",
        operation_id="listDeadLetters", responses=responses(401, 403),
    )(_list_dead_letters)  # fmt: skip
    routes.post(
        "/dead-letters/{effect_id}/retry", tags=["delivery"], summary="Deliver a dead letter once more",
        operation_id="retryDeadLetter", status_code=202, responses=responses(401, 403, 404),
    )(_retry)  # fmt: skip
    return routes


async def _list_alerts(
    alerts: _Alerts,
    caller: _Caller,
    acknowledged: Annotated[bool, Query(description="also those that somebody has seen")] = False,
) -> list[AlertOut]:
    found = await alerts.open(caller.organization_id, all_=acknowledged)
    return [AlertOut.model_validate(alert) for alert in found]


async def _acknowledge(
    alert_id: Annotated[str, Path()], alerts: _Alerts, database: _Database, caller: _Caller
) -> AlertOut:
    async with database.transaction() as connection:
        try:
            alert = await alerts.acknowledge(connection, alert_id, caller.id, caller.organization_id)
        except UnknownAlert:
            raise HTTPException(404, f"there is no alert {alert_id}") from None
        await audit(
            connection,
            action="acknowledge",
            resource=f"alert/{alert_id}",
            at=real_now(),
            resident_id=alert.resident_id,
        )
    return AlertOut.model_validate(alert)


async def _list_dead_letters(outbox: _Outbox, caller: _Operator) -> list[DeadLetterOut]:
    return [
        DeadLetterOut.model_validate(letter) for letter in await outbox.dead_letters(caller.organization_id)
    ]


async def _retry(
    effect_id: Annotated[str, Path()], outbox: _Outbox, database: _Database, caller: _Operator
) -> Retried:
    async with database.transaction() as connection:
        try:
            await outbox.retry(connection, effect_id, caller.organization_id)
        except UnknownDeadLetter:
            raise HTTPException(404, f"there is no dead letter {effect_id}") from None
        await audit(connection, action="retry", resource=f"effect/{effect_id}", at=real_now())
    return Retried(id=effect_id)
