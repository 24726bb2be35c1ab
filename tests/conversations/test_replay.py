"""A recorded conversation runs again to the same events, also after its flow was edited."""

import pytest

from assistant.conversations.contents import Contents, UnknownVersion
from assistant.conversations.incoming import HungUpIn, KeysIn, SilenceIn, UnknownConversation
from assistant.conversations.replay import replay
from assistant.storage import content_versions, events
from tests.conversations.workplace import Workplace


async def _played(workplace: Workplace) -> str:
    reply = await workplace.checkup(today="2026-03-02", slots={"age": 67})
    for text in ("嗯", "高压是185", "低压115"):
        workplace.clock.forward(seconds=7)
        reply = await workplace.say(reply.conversation_id, text)
        if reply.ended:
            break
    return reply.conversation_id


async def test_the_same_events(workplace: Workplace) -> None:
    conversation_id = await _played(workplace)
    result = await replay(workplace.database, workplace.contents, conversation_id)
    assert result.difference is None
    assert len(result.events) == len(await workplace.rows(events)) > 5


async def test_silence_keys_and_hanging_up_replay_too(workplace: Workplace) -> None:
    reply = await workplace.checkup(channel="voice_text")
    for incoming in (SilenceIn(), KeysIn(keys="5"), HungUpIn()):
        await workplace.host.receive(reply.conversation_id, incoming)
    result = await replay(workplace.database, workplace.contents, reply.conversation_id)
    assert result.difference is None and result.inputs == 4


async def test_after_the_flow_was_edited_and_the_server_restarted(workplace: Workplace) -> None:
    conversation_id = await _played(workplace)
    workplace.edit("domain/domain.yml", "血压是多少？", "请报一下血压。")
    restarted = Contents(workplace.database, workplace.home)
    result = await replay(workplace.database, restarted, conversation_id)
    assert result.difference is None
    assert result.content_version != (await restarted.newest()).version


async def test_a_conversation_keeps_the_version_that_it_began_with(workplace: Workplace) -> None:
    before = await workplace.checkup()
    workplace.edit("domain/domain.yml", '"谢谢。"', '"多谢。"')
    after = await workplace.checkup()
    old = await workplace.say(before.conversation_id, "138/86")
    new = await workplace.say(after.conversation_id, "138/86")
    assert (old.messages[-1].text, new.messages[-1].text) == ("谢谢。", "多谢。")
    assert len(await workplace.rows(content_versions)) == 2


async def test_files_with_errors_do_not_take_the_place_of_good_ones(workplace: Workplace) -> None:
    await workplace.checkup()
    workplace.edit("flows/flows.yml", "say: utter_hello", "say: utter_helo")
    reply = await workplace.checkup()
    assert reply.messages[0].text.startswith("您好")


async def test_a_tampered_record_is_noticed(workplace: Workplace) -> None:
    conversation_id = await _played(workplace)
    async with workplace.database.transaction() as connection:
        row = (await connection.execute(content_versions.select())).one()
        files = {
            **row.files,
            "domain/domain.yml": row.files["domain/domain.yml"].replace("血压是多少", "多少"),
        }
        await connection.execute(content_versions.update().values(files=files))
    result = await replay(workplace.database, Contents(workplace.database, workplace.home), conversation_id)
    assert result.difference is not None and result.difference.number > 1


async def test_unknown_ids(workplace: Workplace) -> None:
    with pytest.raises(UnknownConversation):
        await replay(workplace.database, workplace.contents, "nobody")
    with pytest.raises(UnknownVersion):
        await workplace.contents.edition("0000")
