"""Outcomes reach the chart: never lost, never twice, and what is refused is seen by a person."""

import asyncio
from pathlib import Path

import pytest

from assistant.conversations.durable import Durable
from assistant.conversations.outbox import UnknownDeadLetter
from assistant.conversations.ports import DeliveryRejected, DeliveryUnavailable
from assistant.settings import Delivery, SettingsError
from assistant.storage import Database, effects
from tests.conversations.workplace import Charts, Workplace, at_work, until


async def _finished(workplace: Workplace) -> str:
    reply = await workplace.checkup()
    await workplace.say(reply.conversation_id, "138/86")
    return reply.conversation_id


async def _status(workplace: Workplace) -> list[str]:
    return [row.status for row in await workplace.rows(effects)]


async def test_it_arrives_and_the_view_names_what_was_filed(database: Database, tmp_path: Path) -> None:
    async with at_work(database, tmp_path) as workplace:
        conversation_id = await _finished(workplace)

        async def filed() -> bool:
            return bool((await workplace.host.read(conversation_id)).chart)

        await until(filed)
        chart = (await workplace.host.read(conversation_id)).chart
        assert {"Communication", "QuestionnaireResponse", "Observation", "Task"} <= {e.type for e in chart}


async def test_a_service_that_is_down_gets_it_when_it_is_back(
    sqlite_database: Database, tmp_path: Path
) -> None:
    charts = Charts()
    charts.failures = [
        DeliveryUnavailable("HTTP 503", 503),
        DeliveryUnavailable("no answer"),
        OSError("broken"),
    ]
    async with at_work(sqlite_database, tmp_path, charts=charts) as workplace:
        await _finished(workplace)

        async def delivered() -> bool:
            return await _status(workplace) == ["delivered"]

        await until(delivered)
        (effect,) = await workplace.rows(effects)
        assert effect.attempts == 4 and effect.last_error is None and effect.delivered_at is not None


async def test_a_refused_bundle_is_a_dead_letter_until_somebody_sends_it_again(
    sqlite_database: Database, tmp_path: Path
) -> None:
    charts = Charts()
    charts.failures = [DeliveryRejected("HTTP 422: Observation.code is missing", 422)]
    async with at_work(sqlite_database, tmp_path, charts=charts) as workplace:
        await _finished(workplace)

        async def dead() -> bool:
            return await _status(workplace) == ["dead"]

        await until(dead)
        assert charts.received == []
        (letter,) = await workplace.outbox.dead_letters("default")
        assert letter.last_error == "HTTP 422: Observation.code is missing" and letter.attempts == 1
        assert await workplace.outbox.dead_letters("another") == []
        async with sqlite_database.transaction() as connection:
            await workplace.outbox.retry(connection, letter.id, "default")

        async def delivered() -> bool:
            return await _status(workplace) == ["delivered"]

        await until(delivered)
        with pytest.raises(UnknownDeadLetter):
            async with sqlite_database.transaction() as connection:
                await workplace.outbox.retry(connection, letter.id, "default")


async def test_what_is_not_delivered_when_the_process_stops_is_delivered_by_the_next(
    database: Database, tmp_path: Path
) -> None:
    away = Charts()
    away.failures = [DeliveryUnavailable("away")] * 1000
    pauses = Delivery(first_pause_seconds=0.05, longest_pause_seconds=0.05)
    async with at_work(database, tmp_path, charts=away, pauses=pauses) as workplace:
        await _finished(workplace)

        async def tried() -> bool:
            return any(row.attempts > 1 for row in await workplace.rows(effects))

        await until(tried)
    assert away.received == []
    back = Charts()
    async with at_work(database, tmp_path, charts=back, pauses=pauses) as workplace:

        async def delivered() -> bool:
            return await _status(workplace) == ["delivered"]

        await until(delivered)
    assert len(back.received) == len(set(back.received)) > 3


async def test_an_answer_that_was_not_noted_is_delivered_again_and_filed_once(
    sqlite_database: Database, tmp_path: Path
) -> None:
    async with at_work(sqlite_database, tmp_path) as workplace:
        await _finished(workplace)

        async def delivered() -> bool:
            return await _status(workplace) == ["delivered"]

        await until(delivered)
        filed = dict(workplace.charts.resources)
        async with sqlite_database.transaction() as connection:
            await connection.execute(effects.update().values(status="pending", result=None))
        (effect,) = await workplace.rows(effects)
        assert await workplace.outbox.attempt(effect.id) == "delivered"
        assert workplace.charts.resources == filed
        assert len(workplace.charts.received) == 2 * len(filed)


async def test_a_turn_that_is_rolled_back_enqueues_nothing(database: Database, tmp_path: Path) -> None:
    async with at_work(database, tmp_path) as workplace:
        with pytest.raises(KeyError):
            async with database.transaction() as connection:
                await workplace.durable.enqueue(connection, "deliver_effect", "w-1", "no-such-effect")
                raise KeyError
        await asyncio.sleep(1.0)
        assert await workplace.durable.failed("w-1"), "the workflow must not exist"


async def test_an_effect_whose_workflow_is_gone_is_revived(sqlite_database: Database, tmp_path: Path) -> None:
    async with at_work(sqlite_database, tmp_path) as workplace:
        async with sqlite_database.transaction() as connection:
            await connection.execute(
                effects.insert().values(
                    id="stranded", kind="chart", payload={"entry": []}, created_at=workplace.clock.now
                )
            )
        assert await workplace.outbox.revive() == 1

        async def delivered() -> bool:
            return await _status(workplace) == ["delivered"]

        await until(delivered)


async def test_two_processes_cannot_run_under_one_name(sqlite_database: Database, tmp_path: Path) -> None:
    async with at_work(sqlite_database, tmp_path):
        second = Durable(sqlite_database, "worker-test", tmp_path)
        with pytest.raises(
            SettingsError, match="ASSISTANT_WORKER: another process already runs as worker-test"
        ):
            await second.launch()
