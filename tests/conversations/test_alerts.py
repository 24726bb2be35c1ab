"""Alerts want a person: raised with the turn, acknowledged once, escalated when nobody comes."""

from datetime import timedelta
from pathlib import Path

import pytest

from assistant.conversations.alerts import UnknownAlert
from assistant.records import validate
from assistant.settings import Escalation
from assistant.storage import Database, alerts, effects
from tests.conversations.workplace import NotedWork, Workplace, at_work, until


async def test_a_critical_reading_is_due_in_half_an_hour(workplace: Workplace) -> None:
    reply = await workplace.checkup()
    await workplace.say(reply.conversation_id, "185/95")
    (alert,) = await workplace.alerts.open("default")
    assert (alert.level, alert.reason, alert.resident_id) == ("urgent", "血压过高", "resident-1")
    assert alert.due_at - alert.raised_at == timedelta(minutes=30)
    assert isinstance(workplace.durable, NotedWork)
    assert ("escalate_alert", f"escalate:{alert.id}", alert.id, 1800.0) in workplace.durable.enqueued


async def test_an_emergency_is_due_in_five_minutes_and_comes_first(workplace: Workplace) -> None:
    for text in ("185/95", "我现在胸口疼得厉害，一直出冷汗，喘不上气"):
        reply = await workplace.checkup()
        await workplace.say(reply.conversation_id, text)
    first, second = await workplace.alerts.open("default")
    assert (first.level, second.level) == ("emergency", "urgent")
    assert first.due_at - first.raised_at == timedelta(minutes=5)


async def test_what_only_the_outcome_shows_is_listed_too(workplace: Workplace) -> None:
    reply = await workplace.checkup()
    await workplace.say(reply.conversation_id, "156/96")
    (alert,) = await workplace.alerts.open("default")
    assert alert.level == "doctor_review" and alert.reason


async def test_the_first_to_acknowledge_stays(workplace: Workplace) -> None:
    reply = await workplace.checkup()
    await workplace.say(reply.conversation_id, "185/95")
    (alert,) = await workplace.alerts.open("default")
    for who in ("practitioner-1", "practitioner-2"):
        async with workplace.database.transaction() as connection:
            seen = await workplace.alerts.acknowledge(connection, alert.id, who, "default")
    assert seen.acknowledged_by == "practitioner-1"
    assert await workplace.alerts.open("default") == []
    assert len(await workplace.alerts.open("default", all_=True)) == 1
    with pytest.raises(UnknownAlert):
        async with workplace.database.transaction() as connection:
            await workplace.alerts.acknowledge(connection, alert.id, "practitioner-1", "another")


async def test_nobody_came_so_the_next_on_the_duty_chain_is_told(
    sqlite_database: Database, tmp_path: Path
) -> None:
    hasty = Escalation(emergency_seconds=0.2, urgent_seconds=0.2, chain=2)
    async with at_work(sqlite_database, tmp_path, escalation=hasty) as workplace:
        reply = await workplace.checkup()
        await workplace.say(reply.conversation_id, "185/95")

        async def escalated_twice() -> bool:
            sent = [row for row in await workplace.rows(effects) if row.kind == "escalation"]
            return len(sent) == 2 and all(row.status == "delivered" for row in sent)

        await until(escalated_twice)
        (row,) = await workplace.rows(alerts)
        assert row.escalation_level == 2 and row.escalated_at is not None
        tasks = [r for r in workplace.charts.resources.values() if "升级" in r.get("description", "")]
        assert [task["for"]["reference"] for task in tasks] == ["Patient/resident-1"] * 2
        for task in tasks:
            validate(task, "Task")


async def test_an_acknowledged_alert_is_not_escalated(workplace: Workplace) -> None:
    reply = await workplace.checkup()
    await workplace.say(reply.conversation_id, "185/95")
    (alert,) = await workplace.alerts.open("default")
    async with workplace.database.transaction() as connection:
        await workplace.alerts.acknowledge(connection, alert.id, "practitioner-1", "default")
    assert await workplace.alerts.escalate(alert.id, 1) == 0
    (row,) = await workplace.rows(alerts)
    assert row.escalation_level == 0


async def test_a_rung_of_the_chain_is_told_once(workplace: Workplace) -> None:
    reply = await workplace.checkup()
    await workplace.say(reply.conversation_id, "185/95")
    (alert,) = await workplace.alerts.open("default")
    for _ in range(2):
        assert await workplace.alerts.escalate(alert.id, 1) == 1800
    assert [row.kind for row in await workplace.rows(effects)].count("escalation") == 1
