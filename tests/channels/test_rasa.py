"""Rasa's endpoints: the shapes that its clients know, and its errors."""

import asyncio
from typing import Any

import pytest

from tests.channels.conftest import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _say(server: Server, sender: str, message: str, **more: Any) -> list[dict[str, Any]]:
    answer = await server.client.post(
        "/webhooks/rest/webhook", json={"sender": sender, "message": message, **more}
    )
    assert answer.status_code == 200, answer.text
    messages: list[dict[str, Any]] = answer.json()
    return messages


def _conversation(messages: list[dict[str, Any]]) -> str:
    found: str = messages[-1]["custom"]["conversation_id"]
    return found


class TestRestChannel:
    async def test_a_new_sender_is_welcomed(self, server: Server) -> None:
        messages = await _say(server, "new", "你好")
        assert all(message["recipient_id"] == "new" and message["text"] for message in messages)
        view = (await server.client.get(f"/api/conversations/{_conversation(messages)}")).json()
        assert (view["flow"], view["channel"], view["ended"]) == ("reception", "web", False)

    async def test_a_first_message_with_a_wish_is_heard(self, server: Server) -> None:
        messages = await _say(server, "wishing", "我想问一下家庭医生怎么签约")
        view = (await server.client.get(f"/api/conversations/{_conversation(messages)}")).json()
        assert "我想问一下家庭医生怎么签约" in [line["text"] for line in view["transcript"]]

    async def test_the_chat_goes_on(self, server: Server) -> None:
        first = await _say(server, "talker", "你好")
        second = await _say(server, "talker", "我想约个时间量血压")
        assert _conversation(first) == _conversation(second)
        assert _conversation(await _say(server, "somebody else", "你好")) != _conversation(first)

    async def test_many_first_messages_at_once_begin_one_chat(self, server: Server) -> None:
        answers = await asyncio.gather(*(_say(server, "eager", "你好") for _ in range(5)))
        assert len({_conversation(messages) for messages in answers if messages}) == 1

    async def test_restart_begins_anew(self, server: Server) -> None:
        first = _conversation(await _say(server, "undecided", "你好"))
        assert _conversation(await _say(server, "undecided", "/restart")) != first
        assert (await server.client.get(f"/api/conversations/{first}")).json()["ended"]

    async def test_a_message_with_an_id_counts_once(self, server: Server) -> None:
        await _say(server, "twice", "你好")
        for _ in range(2):
            messages = await _say(server, "twice", "我要留言", metadata={"input_id": "m-1"})
        view = (await server.client.get(f"/api/conversations/{_conversation(messages)}")).json()
        assert [line["text"] for line in view["transcript"]].count("我要留言") == 1

    async def test_choices_are_buttons(self, server: Server) -> None:
        messages = await _say(server, "chooser", "你好")
        for message in messages:
            for button in message.get("buttons", []):
                assert set(button) == {"title", "payload"}

    async def test_the_channel_is_there(self, server: Server) -> None:
        assert (await server.client.get("/webhooks/rest/")).json() == {"status": "ok"}


class TestModelParse:
    async def test_rasas_shape_and_ours(self, server: Server) -> None:
        body = {
            "text": "九十",
            "expects": "blood_pressure",
            "question": "低压是多少？",
            "today": "2026-03-02",
        }
        parsed = (await server.client.post("/model/parse", json=body)).json()
        assert {"text", "intent", "entities", "intent_ranking", "text_tokens"} <= set(parsed)
        assert set(parsed["intent"]) == {"name", "confidence"}
        (value,) = parsed["values"]
        assert value == {
            "kind": "blood_pressure", "value": {"systolic": None, "diastolic": 90}, "span": [0, 2],
        }  # fmt: skip
        assert parsed["act"] == "answer" and parsed["emergency"] is False

    async def test_an_emergency(self, server: Server) -> None:
        text = "我现在胸口疼得厉害，一直出冷汗，喘不上气"
        parsed = (await server.client.post("/model/parse", json={"text": text})).json()
        assert parsed["emergency"] is True and parsed["act"] == "emergency"

    @pytest.mark.parametrize(
        "more",
        [
            {"options": [{"value": "轻", "label": "清淡", "key": "1"}, "重"], "expects": "choice"},
            {"options": [], "question": None, "expects": None, "today": None},
            {"today": "2026-03-02T15:30:00"},
            {"message_id": "rasa's clients send this", "channel": "voice"},
        ],
    )
    async def test_what_may_be_told_besides(self, server: Server, more: dict[str, Any]) -> None:
        answer = await server.client.post("/model/parse", json={"text": "清淡", **more})
        assert answer.status_code == 200, answer.text

    @pytest.mark.parametrize(
        "body",
        [
            {}, {"text": 5}, {"text": "好", "expects": "nonsense"}, {"text": "好", "today": "soon"},
            {"text": "好", "channel": "smoke"}, {"text": "好", "options": "轻"}, {"text": "\ud800"},
        ],
    )  # fmt: skip
    async def test_what_cannot_be_parsed(self, server: Server, body: Any) -> None:
        answer = await server.post("/model/parse", body)
        assert answer.status_code == 400
        error = answer.json()
        assert {"version", "status", "message", "reason", "details", "help", "code"} == set(error)
        assert (error["status"], error["reason"], error["code"]) == ("failure", "BadRequest", 400)

    @pytest.mark.parametrize("text", ["", " ", "\x00", "🙂", "a" * 4000])
    async def test_any_text_has_some_meaning(self, server: Server, text: str) -> None:
        answer = await server.client.post("/model/parse", json={"text": text})
        assert answer.status_code == 200 and answer.json()["text"] == text


@pytest.mark.parametrize(
    ("path", "body"),
    [("/model/parse", {"text": "好"}), ("/webhooks/rest/webhook", {"sender": "q", "message": "你好"})],
)
async def test_the_token_may_be_in_the_query(server: Server, path: str, body: dict[str, str]) -> None:
    async with server.anonymous() as anonymous:
        refused = await anonymous.post(path, json=body)
        assert refused.status_code == 401 and refused.json()["reason"] == "NotAuthenticated"
        assert (await anonymous.post(f"{path}?token=wrong", json=body)).status_code == 401
        assert (await anonymous.post(f"{path}?token={server.token}", json=body)).status_code == 200
