"""Alerts that a person has to acknowledge."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Named, Table

from assistant.storage.columns import Tenanted, Timestamp, metadata


class AlertColumns(Tenanted):
    """One alert. `level`: doctor_review, urgent, emergency. Not acknowledged by `due_at`, it goes to the
    next on the duty chain: `escalation_level` counts how often that happened, last at `escalated_at`."""

    id: Named[str] = Column(primary_key=True)
    conversation_id: Named[str | None] = Column(ForeignKey("conversations.id"))
    resident_id: Named[str | None]
    level: Named[str]
    reason: Named[str]
    raised_at: Named[datetime] = Column(Timestamp)
    due_at: Named[datetime] = Column(Timestamp)
    acknowledged_at: Named[datetime | None] = Column(Timestamp)
    acknowledged_by: Named[str | None]
    escalated_at: Named[datetime | None] = Column(Timestamp)
    escalation_level: Named[int] = Column(default=0, server_default="0")


alerts = Table("alerts", metadata, AlertColumns)

Index(None, alerts.c.organization_id, alerts.c.acknowledged_at, alerts.c.due_at)
Index(None, alerts.c.conversation_id)
