"""The server is killed at the worst moments and started again: nothing is lost, nothing happens twice."""

import asyncio
import wave
from io import BytesIO
from pathlib import Path

import pytest

from assistant.conversations.contents import Contents
from assistant.conversations.replay import Replay, replay
from assistant.storage import Database
from tests.end_to_end.server_process import HOME, ServerProcess, wait_until

pytestmark = pytest.mark.slow

STUCK = "tests.end_to_end.stuck_server"


def test_in_the_middle_of_a_conversation(database_url: str, tmp_path: Path) -> None:
    with ServerProcess(tmp_path, database_url) as server:
        conversation = server.start()["id"]
        server.send(conversation, text="是我", input_id="1")
        last = server.send(conversation, text="1959年", input_id="2")
        before = server.read(conversation)
        server.kill()
    with ServerProcess(tmp_path, database_url) as server:
        assert server.read(conversation) == before
        assert server.send(conversation, text="1959年", input_id="2") == last
        assert server.send(conversation, keys="1", input_id="3")["wait"]["slot"] == "symptoms"
        server.send(conversation, text="没有不舒服", input_id="4")
        ended = server.send(conversation, hungup=True, input_id="5")
        assert ended["disposition"] == "partial"
        wait_until(lambda: server.read(conversation)["chart"], "the chart entry")
        after = server.read(conversation)
        assert after["slots"]["identity"]["status"] == "confirmed"
        assert [line["text"] for line in after["transcript"]][: len(before["transcript"])] == [
            line["text"] for line in before["transcript"]
        ]
        assert server.count("QuestionnaireResponse", patient="resident-1", status="in-progress") == 1


def test_in_the_middle_of_a_call(sqlite_url: str, tmp_path: Path) -> None:
    """Real audio on the simulated line: what was stated is a draft in the chart, and in the recording."""
    order = {"resident_id": "resident-1", "flow": "followup_hypertension", "line": "simulated", "speed": 4}
    with ServerProcess(tmp_path, sqlite_url) as server:
        call = server.post("/api/calls", order)["id"]

        def asks_about_health() -> bool:
            wait = server.get(f"/api/calls/{call}")["wait"]
            return wait is not None and wait["slot"] not in ("identity", "consent", "symptoms")

        wait_until(asks_about_health, "the questions of the form", seconds=120)
        server.kill()
    with ServerProcess(tmp_path, sqlite_url) as server:
        ended = server.get(f"/api/calls/{call}")
        assert (ended["state"], ended["disposition"]) == ("ended", "partial")
        conversation = ended["conversation_id"]
        wait_until(lambda: server.read(conversation)["chart"], "the chart entry")
        view = server.read(conversation)
        assert view["outcome"]["record"]["symptoms"] and view["outcome"]["classification"] is None
        assert server.count("Communication", patient="resident-1") == 1
        assert server.count("QuestionnaireResponse", patient="resident-1", status="in-progress") == 1
        sound = server.client.get(f"/api/calls/{call}/recording").content
        with wave.open(BytesIO(sound)) as recording:
            assert (recording.getnchannels(), recording.getframerate()) == (2, 8000)
            assert recording.getnframes() > 5 * 8000
    assert asyncio.run(_replayed(sqlite_url, conversation)).difference is None


def test_between_commit_and_delivery(database_url: str, tmp_path: Path) -> None:
    """Killed when the end is committed and the chart does not have it, or has it and we do not know.

    Each moment is tried on one kind of database: a start takes seconds, and both promises hold on both.
    """
    when = "before" if database_url.startswith("sqlite") else "after"
    command = ("-m", STUCK, when)
    with ServerProcess(tmp_path, database_url, command=command) as server:
        conversation = server.start()["id"]
        for text in ("是我", "1959年", "可以", "没有不舒服", "高压185，低压95", "对"):
            server.send(conversation, text=text)
        assert server.send(conversation, hungup=True)["ended"]
        wait_until((tmp_path / "stuck").exists, "the delivery to begin")
        assert server.read(conversation)["chart"] == []
        filed = server.count("Communication", patient="resident-1")
        assert filed == (1 if when == "after" else 0)
        server.kill()
    with ServerProcess(tmp_path, database_url) as server:
        wait_until(lambda: server.read(conversation)["chart"], "the chart entry")
        chart = server.read(conversation)["chart"]
        for type_ in ("Communication", "Encounter"):
            assert server.count(type_, identifier=_identifier(server, chart, type_)) == 1
        assert server.count("Communication", patient="resident-1") == 1
        assert server.count("QuestionnaireResponse", patient="resident-1", status="in-progress") == 1
        assert server.count("Observation", patient="resident-1", status="preliminary", code="85354-9") == 1
        tasks = [entry for entry in chart if entry["type"] == "Task"]
        assert server.count("Task", patient="resident-1") == len(tasks) > 0


async def _replayed(database_url: str, conversation_id: str) -> Replay:
    database = Database(database_url)
    try:
        return await replay(database, Contents(database, HOME / "nlu_data"), conversation_id)
    finally:
        await database.dispose()


def _identifier(server: ServerProcess, chart: list[dict[str, str]], type_: str) -> str:
    (id_,) = [entry["id"] for entry in chart if entry["type"] == type_]
    identifier = server.client.get(f"/fhir/{type_}/{id_}").json()["identifier"][0]
    return f"{identifier['system']}|{identifier['value']}"
