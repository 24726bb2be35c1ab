"""Actions: the only way to the outside, and never a way to break a conversation."""

import asyncio

import pytest
from pydantic import JsonValue

from assistant.conversations.trail import Trail
from assistant.dialogue.frozen import Frozen
from tests.conversations.workplace import Workplace


class Wish(Frozen):
    wish: str


async def _granted_to(workplace: Workplace) -> str:
    reply = await workplace.host.start(flow="wishes", channel="text")
    ended = await workplace.say(reply.conversation_id, "想要一把椅子")
    assert ended.ended
    return ended.messages[-1].text


async def test_an_action_gets_typed_arguments_and_what_happened_so_far(workplace: Workplace) -> None:
    seen: list[tuple[Wish, int]] = []

    async def grant(arguments: Wish, trail: Trail) -> dict[str, JsonValue]:
        seen.append((arguments, trail.state.turn))
        return {}

    workplace.actions.register("grant", Wish, grant)
    assert await _granted_to(workplace) == "谢谢。"
    assert seen == [(Wish(wish="想要一把椅子"), 1)]


async def test_an_action_runs_with_no_transaction_open(workplace: Workplace) -> None:
    async def grant(_: Wish, __: Trail) -> dict[str, JsonValue]:
        async with workplace.database.transaction():
            return {}

    workplace.actions.register("grant", Wish, grant)
    assert await _granted_to(workplace) == "谢谢。"


async def _break(_: Wish, __: Trail) -> dict[str, JsonValue]:
    raise ConnectionError


async def _dawdle(_: Wish, __: Trail) -> dict[str, JsonValue]:
    await asyncio.sleep(60)
    return {}


class Number(Frozen):
    wish: int


@pytest.mark.parametrize(
    ("arguments", "handler"),
    [(Wish, _break), (Wish, _dawdle), (Number, _break), (None, None)],
    ids=["it breaks", "it takes too long", "wrong arguments", "nobody has registered it"],
)
async def test_a_failed_action_is_a_result_that_the_flow_deals_with(
    workplace: Workplace, arguments: type[Frozen] | None, handler: object
) -> None:
    if arguments is not None:
        workplace.actions.register("grant", arguments, handler)  # type: ignore[arg-type]
    assert await _granted_to(workplace) == "没有办成。"


def test_a_name_is_given_once(workplace: Workplace) -> None:
    with pytest.raises(ValueError, match="assess is registered already"):
        workplace.actions.register("assess", Wish, _break)
