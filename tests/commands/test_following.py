"""A call is shown as it goes on: its states, each new line and slot once, and at the end how it went."""

from typing import Any

import httpx
import pytest

from assistant.commands import following
from assistant.commands.following import follow, place
from assistant.commands.terminal import CommandFailed

ASKED = {"turn": 0, "role": "assistant", "text": "您今天血压多少？", "at": "2026-03-02T09:00:00+08:00"}
ANSWERED = {"turn": 1, "role": "resident", "text": "一百四，九十", "at": "2026-03-02T09:00:05+08:00"}
PRESSURE = {"value": {"systolic": 140, "diastolic": 90}, "status": "stated"}
CHART = [{"type": kind, "id": "1"} for kind in ("QuestionnaireResponse", "Task", "Task")]
OPEN = {"value": None, "status": "not_asked"}


def conversation(lines: list[Any], pressure: Any, chart: list[Any]) -> dict[str, Any]:
    outcome = {"classification": "控制不满意", "alert_level": "none"} if chart else None
    return {"transcript": lines, "slots": {"blood_pressure": pressure}, "outcome": outcome, "chart": chart}


class Server:
    """Answers each path with one body after the other; the last stays."""

    def __init__(self, **bodies: list[Any]) -> None:
        self._bodies = {f"/api/{path}": list(answers) for path, answers in bodies.items()}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answers = self._bodies[request.url.path.rsplit("/", 1)[0]]
        return httpx.Response(200, json=answers.pop(0) if len(answers) > 1 else answers[0])


def client(handler: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(handler), base_url="http://test")


def a_call(state: str, **more: Any) -> dict[str, Any]:
    return {"state": state, "conversation_id": None, "disposition": None, "timings": [], "error": None} | more


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PAUSE_SECONDS", 0)


async def test_a_call_is_told_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    turns = [{"latency": 0.41}, {"latency": None}, {"latency": 0.7}]
    talked = {"conversation_id": "c"}
    server = Server(
        calls=[
            a_call("dialling"),
            a_call("talking", **talked),
            a_call("talking", **talked),
            a_call("ended", **talked, disposition="completed", timings=turns),
        ],
        conversations=[
            conversation([ASKED], OPEN, []),
            conversation([ASKED, ANSWERED], PRESSURE, []),
            conversation([ASKED, ANSWERED], PRESSURE, []),
            conversation([ASKED, ANSWERED], PRESSURE, []),
            conversation([ASKED, ANSWERED], PRESSURE, CHART),
        ],
    )
    async with client(server) as connected:
        call = await follow(connected, "1")
    shown = capsys.readouterr().out
    assert call["disposition"] == "completed"
    assert [state for state in ("dialling", "talking", "ended") if shown.count(f"· {state}\n") != 1] == []
    assert shown.count(ASKED["text"]) == 1
    assert shown.count("blood_pressure = ") == 1
    assert "classification: 控制不满意" in shown
    assert "In the chart, as drafts: QuestionnaireResponse, 2 Task\n" in shown
    assert "median 0.70 s" in shown
    assert "over 2 turns" in shown


async def test_a_call_that_nobody_answered_has_nothing_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    async with client(Server(calls=[a_call("ended", disposition="no_answer")])) as connected:
        await follow(connected, "1")
    assert "Ended: no_answer" in capsys.readouterr().out


async def test_the_servers_own_words_say_why_a_call_was_not_placed() -> None:
    def decline(_: httpx.Request) -> httpx.Response:
        return httpx.Response(422, json={"title": "Unprocessable", "detail": "there is no persona nobody"})

    async with client(decline) as connected:
        with pytest.raises(CommandFailed, match="not placed: there is no persona nobody"):
            await place(connected, {"persona": "nobody"})


async def test_a_server_that_dies_is_one_clear_line() -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async with client(gone) as connected:
        with pytest.raises(CommandFailed, match="does not answer any more"):
            await follow(connected, "1")
