"""Typed conversations over HTTP: the shapes and the refusals that clients rely on."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.channels.conftest import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")

START = {
    "flow": "followup_hypertension",
    "channel": "voice_text",
    "resident_id": "resident-1",
    "today": "2026-03-02",
}


async def _start(server: Server, **more: Any) -> dict[str, Any]:
    answer = await server.client.post("/api/conversations", json={**START, **more})
    assert answer.status_code == 201, answer.text
    started: dict[str, Any] = answer.json()
    return started


async def _send(server: Server, conversation_id: str, **body: Any) -> httpx.Response:
    return await server.client.post(f"/api/conversations/{conversation_id}/messages", json=body)


async def test_beginning(server: Server) -> None:
    started = await _start(server)
    assert set(started) == {"id", "messages", "wait", "ended", "disposition"}
    assert started["ended"] is False and started["disposition"] is None
    assert "人工智能" in started["messages"][0]["text"]
    assert all({"text", "response"} <= set(message) for message in started["messages"])
    assert started["wait"]["slot"] == "identity" and started["wait"]["expects"] == "identity"


async def test_the_clock_and_the_resident_show(server: Server) -> None:
    started = await _start(server)
    view = (await server.client.get(f"/api/conversations/{started['id']}")).json()
    assert view["started_at"] == "2026-03-02T09:00:00+08:00"
    assert view["resident_id"] == "resident-1" and view["channel"] == "voice_text"
    assert view["transcript"][0]["role"] == "assistant" and view["transcript"][0]["turn"] == 0
    assert view["outcome"] is None and view["chart"] == []
    assert view["slots"]["blood_pressure"] == {
        "value": None, "status": "not_asked", "turn": None, "speaker": None, "confidence": None,
    }  # fmt: skip
    assert "not_by_phone" in {slot["status"] for slot in view["slots"].values()}


async def test_a_call_that_breaks_off_lands_in_the_chart_as_a_draft(server: Server) -> None:
    started = await _start(server)
    for text in ("是我，我就是", "1959年", "可以"):
        assert (await _send(server, started["id"], text=text)).status_code == 200
    ended = (await _send(server, started["id"], hungup=True)).json()
    assert ended == {
        "id": started["id"], "messages": [], "wait": None, "ended": True, "disposition": "partial",
    }  # fmt: skip
    async with asyncio.timeout(20):
        while not (view := (await server.client.get(f"/api/conversations/{started['id']}")).json())["chart"]:
            await asyncio.sleep(0.1)
    assert view["outcome"]["disposition"] == "partial" and view["outcome"]["form"] == START["flow"]
    for entry in view["chart"]:
        found = await server.client.get(f"/fhir/{entry['type']}/{entry['id']}")
        assert found.status_code == 200, entry
    assert "Communication" in {entry["type"] for entry in view["chart"]}


async def test_options_name_their_keys_and_keys_pick_them(server: Server) -> None:
    started = await _start(server)
    for text in ("是我", "1959年"):
        reply = (await _send(server, started["id"], text=text)).json()
    assert reply["wait"]["slot"] == "consent"
    options = reply["wait"]["options"]
    assert {option["key"] for option in options} == {"1", "2"} and all(o["label"] for o in options)
    after = (await _send(server, started["id"], keys="1")).json()
    assert after["wait"]["slot"] != "consent"


async def test_somebody_who_is_not_on_file(server: Server) -> None:
    slots = {
        "patient_name": "王芳", "age": 71, "sex": "F", "pregnant": False, "speaker": "self",
        "on_file": {
            "medications": ["氨氯地平"], "conditions": ["高血压"],
            "last_visit": {
                "date": "2025-12-01", "classification": "控制不满意",
                "blood_pressure": {"systolic": 156, "diastolic": 94},
            },
        },
    }  # fmt: skip
    started = await _start(server, resident_id=None, slots=slots)
    assert any("王芳" in message["text"] for message in started["messages"])


class TestInputIds:
    async def test_the_same_again(self, server: Server) -> None:
        started = await _start(server)
        first = await _send(server, started["id"], text="是我", input_id="a")
        again = await _send(server, started["id"], text="是我", input_id="a")
        assert first.json() == again.json()
        other = await _send(server, started["id"], text="不是", input_id="a")
        assert other.status_code == 409 and "input_id" in other.json()["detail"]

    async def test_twenty_at_once(self, server: Server) -> None:
        started = await _start(server)
        answers = await asyncio.gather(
            *(_send(server, started["id"], text="是我", input_id="a") for _ in range(20))
        )
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.text for answer in answers}) == 1
        view = (await server.client.get(f"/api/conversations/{started['id']}")).json()
        assert [line["role"] for line in view["transcript"]].count("resident") == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"flow": "nothing"}, "nothing"),
            ({"flow": "pattern_handoff"}, "pattern_handoff"),
            ({"flow": ""}, "flow"),
            ({"channel": "voice"}, "channel"),
            ({"channel": None}, "channel"),
            ({"resident_id": "resident-99"}, "resident-99"),
            ({"resident_id": "a\x00b"}, "resident"),
            ({"today": "soon"}, "today"),
            ({"today": "2026-02-30"}, "today"),
            ({"slots": {"nam": "王"}}, "nam"),
            ({"slots": {"age": "old"}}, "age"),
            ({"slots": {"patient_name": "\ud800"}}, ""),
            ({"extra": 1}, "extra"),
        ],
    )
    async def test_a_conversation_that_cannot_begin(
        self, server: Server, change: dict[str, Any], field: str
    ) -> None:
        answer = await server.post("/api/conversations", {**START, **change})
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert field in answer.json()["detail"]

    @pytest.mark.parametrize(
        "body",
        [
            {}, {"input_id": "a"}, {"text": "好", "keys": "1"}, {"text": None}, {"silence": False},
            {"silence": True, "hungup": True}, {"keys": "x"}, {"keys": ""}, {"text": 5}, {"hungup": "yes"},
            {"text": "好", "input_id": ""}, {"text": "好", "input_id": 7}, {"text": "好", "more": 1},
            {"text": "长" * 4001}, {"text": "\ud800"}, [], "好", None,
        ],
    )  # fmt: skip
    async def test_a_message_that_is_none(self, server: Server, body: Any) -> None:
        started = await _start(server)
        answer = await server.post(f"/api/conversations/{started['id']}/messages", body)
        assert answer.status_code == 422, answer.text
        view = (await server.client.get(f"/api/conversations/{started['id']}")).json()
        assert [line for line in view["transcript"] if line["role"] == "resident"] == []

    async def test_unknown_conversations(self, server: Server) -> None:
        for id_ in ("nobody", "00000000-0000-0000-0000-000000000000", "a%00b", "王"):
            assert (await _send(server, id_, text="好")).status_code == 404
            assert (await server.client.get(f"/api/conversations/{id_}")).status_code == 404

    async def test_after_the_end(self, server: Server) -> None:
        started = await _start(server)
        await _send(server, started["id"], hungup=True, input_id="bye")
        assert (await _send(server, started["id"], text="喂")).status_code == 409
        assert (await _send(server, started["id"], hungup=True, input_id="bye")).status_code == 200

    @pytest.mark.parametrize(("content", "status"), [(b"{", 422), (b"", 422), (b"\xff", 400)])
    async def test_a_body_that_is_not_json(self, server: Server, content: bytes, status: int) -> None:
        answer = await server.client.post(
            "/api/conversations", content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_without_a_token(self, server: Server) -> None:
        async with server.anonymous() as anonymous:
            for headers in (
                {},
                {"Authorization": "Bearer wrong"},
                {"Authorization": f"Basic {server.token}"},
            ):
                answer = await anonymous.post("/api/conversations", json=START, headers=headers)
                assert answer.status_code == 401
                assert answer.headers["www-authenticate"] == "Bearer"
                assert answer.json()["status"] == 401
            assert (await anonymous.get(f"/api/conversations/x?token={server.token}")).status_code == 401


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00", "😀" * 50, "a" * 4000, "<script>", "{facts.id_last4}", "\u202e反"]
)
async def test_odd_text_is_just_text(server: Server, text: str) -> None:
    started = await _start(server)
    reply = await _send(server, started["id"], text=text)
    assert reply.status_code == 200 and "0021" not in reply.text
    assert (await server.client.get(f"/api/conversations/{started['id']}")).status_code == 200
