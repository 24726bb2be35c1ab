"""What the host promises: every input once, every turn whole, one writer at a time."""

import asyncio
from datetime import datetime

import pytest

from assistant.conversations.clock import ZONE
from assistant.conversations.incoming import (
    ConversationEnded,
    HungUpIn,
    InputConflict,
    InvalidStart,
    KeysIn,
    SilenceIn,
    TextIn,
    UnknownConversation,
    UnknownFlow,
    UnknownResident,
    VoicemailIn,
)
from assistant.storage import conversations, effects, events, inputs, residents
from tests.conversations.workplace import NotedWork, Workplace

READING = "高压138，低压86"


async def test_a_conversation_from_greeting_to_chart(workplace: Workplace) -> None:
    first = await workplace.checkup(today="2026-03-02")
    assert [said.text for said in first.messages] == [
        "您好，王阿姨，这里是幸福里社区卫生服务中心的智能助手。",
        "血压是多少？",
    ]
    assert first.wait is not None and first.wait.slot == "blood_pressure" and not first.ended

    last = await workplace.say(first.conversation_id, READING)
    assert last.ended and last.disposition == "completed" and last.wait is None
    assert [said.text for said in last.messages] == ["谢谢。"]

    view = await workplace.host.read(first.conversation_id)
    assert view.outcome is not None
    assert view.outcome["record"] == {"blood_pressure": {"systolic": 138, "diastolic": 86}}
    assert view.outcome["classification"] == "控制满意"
    assert [(line.turn, line.role) for line in view.transcript] == [
        (0, "assistant"), (0, "assistant"), (1, "resident"), (1, "assistant"),
    ]  # fmt: skip
    assert view.transcript[2].text == READING
    assert view.slots["blood_pressure"].turn == 1


async def test_the_end_enqueues_the_chart_entry_in_the_same_transaction(workplace: Workplace) -> None:
    reply = await workplace.checkup()
    assert isinstance(workplace.durable, NotedWork)
    assert await workplace.rows(effects) == [] == workplace.durable.enqueued
    await workplace.say(reply.conversation_id, READING)
    (effect,) = await workplace.rows(effects)
    assert (effect.status, effect.kind, effect.payload["type"]) == ("pending", "chart", "transaction")
    assert workplace.durable.enqueued == [("deliver_effect", effect.id, effect.id, None)]


async def test_a_turn_that_cannot_be_stored_leaves_nothing(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = await workplace.checkup()
    before = [len(await workplace.rows(table)) for table in (events, inputs, effects)]

    async def broken(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(workplace.durable, "enqueue", broken)
    with pytest.raises(OSError, match="disk"):
        await workplace.say(reply.conversation_id, READING)
    assert [len(await workplace.rows(table)) for table in (events, inputs, effects)] == before
    monkeypatch.undo()
    assert (await workplace.say(reply.conversation_id, READING)).disposition == "completed"


class TestInputIds:
    """The same input twice gives one turn."""

    async def test_the_same_input_gives_the_stored_reply(self, workplace: Workplace) -> None:
        reply = await workplace.checkup()
        once = await workplace.say(reply.conversation_id, READING, "m-1")
        assert await workplace.say(reply.conversation_id, READING, "m-1") == once

    async def test_another_input_under_the_same_id_is_refused(self, workplace: Workplace) -> None:
        reply = await workplace.checkup()
        await workplace.say(reply.conversation_id, "嗯", "m-1")
        with pytest.raises(InputConflict, match="m-1"):
            await workplace.say(reply.conversation_id, READING, "m-1")
        with pytest.raises(InputConflict):
            await workplace.host.receive(reply.conversation_id, KeysIn(keys="1"), "m-1")

    async def test_ids_belong_to_their_conversation(self, workplace: Workplace) -> None:
        for _ in range(2):
            reply = await workplace.checkup()
            assert (await workplace.say(reply.conversation_id, READING, "m-1")).ended

    async def test_twenty_at_once_give_one_turn(self, workplace: Workplace) -> None:
        reply = await workplace.checkup()
        hosts = [workplace.host, workplace.another_host(), workplace.another_host()]
        replies = await asyncio.gather(
            *(
                hosts[number % 3].receive(reply.conversation_id, TextIn(text=READING), "m-1")
                for number in range(20)
            )
        )
        assert len({one.model_dump_json() for one in replies}) == 1
        heard = [row for row in await workplace.rows(events) if row.type == "heard"]
        assert len(heard) == 1 and len(await workplace.rows(effects)) == 1


async def test_different_inputs_at_once_are_taken_one_after_the_other(workplace: Workplace) -> None:
    reply = await workplace.checkup()
    hosts = [workplace.host, workplace.another_host()]
    said = ["嗯", "稍等", "我看看"]
    await asyncio.gather(
        *(
            hosts[number % 2].receive(reply.conversation_id, TextIn(text=text))
            for number, text in enumerate(said)
        )
    )
    heard = [row for row in await workplace.rows(events) if row.type == "heard"]
    assert sorted(row.data["text"] for row in heard) == sorted(said)
    assert sorted(row.turn for row in heard) == [1, 2, 3]
    (row,) = await workplace.rows(conversations)
    assert row.revision == 4


class TestRefusals:
    """Bad input gets a clear error and loses nothing."""

    async def test_after_the_end(self, workplace: Workplace) -> None:
        reply = await workplace.checkup()
        done = await workplace.say(reply.conversation_id, READING, "m-1")
        with pytest.raises(ConversationEnded):
            await workplace.say(reply.conversation_id, "还有", "m-2")
        assert await workplace.say(reply.conversation_id, READING, "m-1") == done

    async def test_unknown_names(self, workplace: Workplace) -> None:
        with pytest.raises(UnknownConversation):
            await workplace.say("nobody", "喂")
        with pytest.raises(UnknownConversation):
            await workplace.host.read("nobody")
        with pytest.raises(UnknownFlow, match="no flow nothing; known: checkup, wishes"):
            await workplace.checkup(flow="nothing")
        with pytest.raises(UnknownFlow):
            await workplace.checkup(flow="pattern_emergency")
        with pytest.raises(UnknownResident, match="resident-99"):
            await workplace.checkup(resident_id="resident-99")
        assert await workplace.rows(conversations) == []

    @pytest.mark.parametrize("today", ["yesterday", "2026-13-01", "", "0001-01-01", "9999-12-31"])
    async def test_a_day_that_is_none(self, workplace: Workplace, today: str) -> None:
        with pytest.raises(InvalidStart, match="today: must be an ISO date"):
            await workplace.checkup(today=today)

    @pytest.mark.parametrize(
        ("slots", "message"),
        [
            ({"patient_nam": "王"}, "unknown slot patient_nam"),
            ({"sex": "女"}, "sex: Input should be 'M' or 'F'"),
            ({"age": 1000}, "age: must be between 0 and 130"),
            ({"speaker": "neighbour"}, "speaker: "),
            ({"on_file": {"last_visit": {"blood_pressure": {"systolic": 150}}}}, "diastolic"),
        ],
    )
    async def test_slots_that_cannot_be_used(
        self, workplace: Workplace, slots: dict[str, object], message: str
    ) -> None:
        with pytest.raises(InvalidStart, match=message):
            await workplace.checkup(slots=slots)


class TestClock:
    """`today` fixes the clock; it runs on from there."""

    async def test_a_bare_day_begins_at_nine(self, workplace: Workplace) -> None:
        reply = await workplace.checkup(today="2025-12-31")
        workplace.clock.forward(minutes=2)
        await workplace.say(reply.conversation_id, READING)
        view = await workplace.host.read(reply.conversation_id)
        assert view.started_at == datetime(2025, 12, 31, 9, 0, tzinfo=ZONE)
        assert view.ended_at == datetime(2025, 12, 31, 9, 2, tzinfo=ZONE)
        assert view.transcript[2].at == view.ended_at
        assert view.outcome is not None
        assert view.outcome["next_follow_up"]["date"] == "2026-03-31"

    async def test_without_one_it_is_the_real_time(self, workplace: Workplace) -> None:
        reply = await workplace.checkup()
        view = await workplace.host.read(reply.conversation_id)
        assert view.started_at == workplace.clock.now


async def test_somebody_who_is_not_on_file_has_an_outcome_and_no_chart(workplace: Workplace) -> None:
    slots = {"patient_name": "欧阳强", "sex": "M", "age": 40}
    reply = await workplace.checkup(resident_id=None, slots=slots)
    assert reply.messages[0].text.startswith("您好，欧阳先生")
    await workplace.say(reply.conversation_id, "150，95")
    view = await workplace.host.read(reply.conversation_id)
    assert view.outcome is not None and view.outcome["classification"] == "控制不满意"
    assert await workplace.rows(effects) == []


async def test_hanging_up_half_way_files_a_partial_draft(workplace: Workplace) -> None:
    reply = await workplace.checkup()
    await workplace.host.receive(reply.conversation_id, SilenceIn())
    ended = await workplace.host.receive(reply.conversation_id, HungUpIn())
    assert ended.disposition == "partial"
    (effect,) = await workplace.rows(effects)
    tasks = [e["resource"] for e in effect.payload["entry"] if e["resource"]["resourceType"] == "Task"]
    assert tasks, "somebody has to ring back"


async def test_a_machine_that_answers(workplace: Workplace) -> None:
    reply = await workplace.checkup(channel="voice")
    ended = await workplace.host.receive(reply.conversation_id, VoicemailIn())
    assert ended.disposition == "voicemail"


async def test_a_stated_wish_not_to_be_called_is_kept_with_the_resident(workplace: Workplace) -> None:
    workplace.edit(
        "flows/flows.yml",
        "      - say: utter_thanks\n      - end: completed\n  wishes",
        "      - task: do_not_call\n        reason: 不再来电\n      - end: opted_out\n  wishes",
    )
    reply = await workplace.checkup()
    await workplace.say(reply.conversation_id, READING)
    (resident,) = await workplace.rows(residents)
    assert resident.id == "resident-1" and resident.do_not_call_since == workplace.clock.now
    assert resident.do_not_call_source == f"conversation/{reply.conversation_id}"


async def test_another_organisations_conversation_is_unknown(workplace: Workplace) -> None:
    reply = await workplace.checkup()
    with pytest.raises(UnknownConversation):
        await workplace.host.read(reply.conversation_id, "another")
    with pytest.raises(UnknownConversation):
        await workplace.host.receive(reply.conversation_id, SilenceIn(), None, "another")
    assert not (await workplace.host.read(reply.conversation_id, "default")).ended
