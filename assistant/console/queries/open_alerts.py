"""Alerts that nobody has acknowledged, with the conversations that raised them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select

from assistant.console.desk import Desk
from assistant.console.pages import visit_href
from assistant.console.views import AlertView, Person, Row
from assistant.console.wording import CLASSIFICATIONS, LEVELS, SEXES, disposition, elapsed
from assistant.conversations.alerts import Alert
from assistant.conversations.clock import ZONE
from assistant.dialogue.content import Content
from assistant.storage import alerts, conversations

MOST = 200
PRESSING = ("emergency", "urgent")
"""Levels that want somebody at once; what a doctor should look at is seen by signing."""

ALERT_COLUMNS = tuple(alerts.c[name] for name in Alert.__dataclass_fields__)
_SEVERITY = case(
    *((alerts.c.level == level, place) for place, level in enumerate(PRESSING)), else_=len(PRESSING)
)


@dataclass(frozen=True)
class Raised:
    """An open alert and what is known of its conversation; `facts` are those it began with."""

    alert: Alert
    flow: str | None
    disposition: str | None
    classification: str | None
    facts: Mapping[str, Any]

    @property
    def pressing(self) -> bool:
        """Whether somebody has to look at once."""
        return self.alert.level in PRESSING


async def open_alerts(desk: Desk, organization_id: str) -> list[Raised]:
    """The open alerts of one organisation, the most severe first, then the oldest."""
    table = conversations.c
    query = (
        select(*ALERT_COLUMNS, table.flow, table.disposition, table.outcome, table.state)
        .join_from(alerts, conversations, alerts.c.conversation_id == table.id, isouter=True)
        .where(alerts.c.organization_id == organization_id, alerts.c.acknowledged_at.is_(None))
        .order_by(_SEVERITY, alerts.c.raised_at)
        .limit(MOST)
    )
    async with desk.database.read() as connection:
        rows = [*(await connection.execute(query))]
    return [
        Raised(
            alert=alert_of(row),
            flow=row.flow,
            disposition=row.disposition,
            classification=(row.outcome or {}).get("classification"),
            facts=(row.state or {}).get("facts", {}),
        )
        for row in rows
    ]


def alert_of(row: Any) -> Alert:
    """The alert in a row that has `ALERT_COLUMNS`."""
    return Alert(**{name: getattr(row, name) for name in Alert.__dataclass_fields__})


def alert_view(alert: Alert, now: datetime, names: Mapping[str, str] | None = None) -> AlertView:
    """An alert in words; `names` gives those of the staff."""
    level_name, tone = LEVELS.get(alert.level, (alert.level, "urgent"))
    by = alert.acknowledged_by
    return AlertView(
        id=alert.id,
        level=alert.level,
        level_name=level_name,
        tone=tone,
        reason=alert.reason,
        raised_at=alert.raised_at.astimezone(ZONE),
        waited=elapsed(now - alert.raised_at),
        overdue=alert.acknowledged_at is None and now > alert.due_at,
        acknowledged_at=alert.acknowledged_at.astimezone(ZONE) if alert.acknowledged_at else None,
        acknowledged_by=(names or {}).get(by, by) if by else None,
        pressing=alert.level in PRESSING,
    )


def alert_row(raised: Raised, content: Content, now: datetime) -> Row:
    """The alert as a line of the worklist."""
    alert, facts = raised.alert, raised.facts
    flow = content.flows.get(raised.flow or "")
    going_on = raised.flow is not None and raised.disposition is None
    return Row(
        key=alert.id,
        href=visit_href(alert.conversation_id),
        person=Person(
            id=alert.resident_id,
            name=facts.get("patient_name") or "姓名不详",
            age=facts.get("age"),
            sex=SEXES.get(facts.get("sex") or ""),
        ),
        title=flow.title if flow else raised.flow or "",
        at=alert.raised_at.astimezone(ZONE),
        classification=raised.classification,
        tone=CLASSIFICATIONS.get(raised.classification or "", "plain"),
        disposition="通话中" if going_on else disposition(raised.disposition),
        alert=alert_view(alert, now),
    )
