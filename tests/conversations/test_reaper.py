"""Conversations that nobody will continue end as partial, and what was stated in them is filed."""

from assistant.conversations.reaper import Reaper
from assistant.settings import Hosting
from assistant.storage import conversations, effects
from tests.conversations.workplace import Workplace


def _reaper(workplace: Workplace) -> Reaper:
    hosting = Hosting(call_idle_seconds=60, chat_idle_seconds=600)
    return Reaper(workplace.database, workplace.host, hosting, workplace.clock)


async def test_a_call_whose_process_died(workplace: Workplace) -> None:
    call = await workplace.checkup(channel="voice")
    chat = await workplace.checkup(channel="text")
    await workplace.say(call.conversation_id, "稍等")
    workplace.clock.forward(seconds=59)
    assert await _reaper(workplace).sweep() == 0
    workplace.clock.forward(seconds=2)
    assert await _reaper(workplace).sweep() == 1
    assert (await workplace.host.read(call.conversation_id)).disposition == "partial"
    assert not (await workplace.host.read(chat.conversation_id)).ended
    (effect,) = await workplace.rows(effects)
    assert effect.conversation_id == call.conversation_id


async def test_a_chat_that_was_left(workplace: Workplace) -> None:
    chat = await workplace.checkup(channel="text", today="2020-01-01")
    workplace.clock.forward(seconds=601)
    assert await _reaper(workplace).sweep() == 1
    assert await _reaper(workplace).sweep() == 0
    assert (await workplace.host.read(chat.conversation_id)).ended


async def test_every_input_counts_as_a_sign_of_life(workplace: Workplace) -> None:
    chat = await workplace.checkup(channel="text")
    workplace.clock.forward(seconds=500)
    await workplace.say(chat.conversation_id, "稍等")
    workplace.clock.forward(seconds=500)
    assert await _reaper(workplace).sweep() == 0
    (row,) = await workplace.rows(conversations)
    assert row.ended_at is None
