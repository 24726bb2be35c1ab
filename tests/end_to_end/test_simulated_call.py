"""Whole calls with real audio: a resident who speaks, a recogniser that hears her, and the chart after."""

import json
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.call.comparison import Verdict, compare
from tests.end_to_end.server_process import HOME, ServerProcess, wait_until
from voice.lines.simulated.persona import load

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SPEED = 3.0
"""How many times faster than real the line runs; all that counts frames is the same at any speed."""
FINISHED = ("wang_xiuying", "interrupts", "hangs_up", "chest_pain", "voicemail", "engaged")
SEED = 7
PERSONAS = HOME / "nlu_data" / "personas"


class Called:
    """The calls of this module, placed at the same time on one server."""

    def __init__(self, server: ServerProcess, data: Path, personas: tuple[str, ...]) -> None:
        self.server = server
        self._data = data
        self._ids = {persona: place(server, persona) for persona in personas}

    def ended(self, persona: str) -> dict[str, Any]:
        """The call of a persona, once it is over."""
        return over_as_meant(self.server, self._ids[persona])

    def conversation(self, persona: str) -> dict[str, Any]:
        """Its conversation, once the chart has it."""
        conversation_id = self.ended(persona)["conversation_id"]
        wait_until(lambda: self.server.read(conversation_id)["chart"], "the chart")
        return self.server.read(conversation_id)

    def chart(self, persona: str, type_: str) -> list[dict[str, Any]]:
        """The resources of a type that the conversation left in the chart."""
        ids = [entry["id"] for entry in self.conversation(persona)["chart"] if entry["type"] == type_]
        return [get(self.server, f"/fhir/{type_}/{id}").json() for id in ids]

    def said(self, persona: str) -> list[str]:
        """What the resident said, from her own notes."""
        path = self._data / "simulated" / f"{self._ids[persona]}.jsonl"
        events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return [event["text"] for event in events if event["event"] == "said"]


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Called]:
    data = tmp_path_factory.mktemp("calls")
    with ServerProcess(data, f"sqlite:///{data}/calls.db") as server:
        yield Called(server, data, FINISHED)


def get(server: ServerProcess, path: str) -> Any:
    answer = server.client.get(path)
    assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
    return answer


def place(server: ServerProcess, persona: str, **changes: Any) -> str:
    body = {
        "resident_id": "resident-1", "flow": "followup_hypertension", "line": "simulated",
        "persona": persona, "seed": SEED, "speed": SPEED, **changes,
    }  # fmt: skip
    answer = server.client.post("/api/calls", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def over(server: ServerProcess, call_id: str, seconds: float = 240.0) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while (call := get(server, f"/api/calls/{call_id}").json())["state"] != "ended":
        assert time.monotonic() < deadline, f"the call did not end: {call}"
        time.sleep(0.5)
    return dict(call)


def over_as_meant(server: ServerProcess, call_id: str) -> dict[str, Any]:
    """The call, once it is over without an accident: an error would explain whatever is missing."""
    call = over(server, call_id)
    assert call["error"] is None
    return call


@pytest.mark.usefixtures("called")  # the other calls go on meanwhile
def test_a_call_whose_server_is_killed_is_ended_once_and_filed_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/calls.db"
    with ServerProcess(tmp_path, url) as server:
        call_id = place(server, "wang_xiuying")
        wait_until(lambda: get(server, f"/api/calls/{call_id}").json()["conversation_id"], "the conversation")
        conversation_id = get(server, f"/api/calls/{call_id}").json()["conversation_id"]
        confirmed = lambda: server.read(conversation_id)["slots"]["blood_pressure"]["status"] == "confirmed"  # noqa: E731
        wait_until(confirmed, "a confirmed blood pressure", 120)
        pressure = server.read(conversation_id)["slots"]["blood_pressure"]["value"]
        server.kill()
    with ServerProcess(tmp_path, url) as server:
        call = over(server, call_id, 20)
        assert call["disposition"] == "partial" and "process" in call["error"]
        wait_until(lambda: server.read(conversation_id)["chart"], "the chart")
        assert server.read(conversation_id)["slots"]["blood_pressure"]["value"] == pressure
        assert call["recording"]["seconds"] > 20
        assert len(get(server, f"/api/calls/{call_id}/recording").content) > 20 * 32000
        responses = [
            entry
            for entry in server.read(conversation_id)["chart"]
            if entry["type"] == "QuestionnaireResponse"
        ]
        assert len(responses) == 1


def test_a_busy_line_has_no_conversation_and_no_recording(called: Called) -> None:
    call = called.ended("engaged")
    assert (call["disposition"], call["conversation_id"], call["answered_at"]) == ("busy", None, None)
    assert called.server.client.get(f"/api/calls/{call['id']}/recording").status_code == 404


def test_a_machine_hears_nothing_but_who_called(called: Called) -> None:
    call = called.ended("voicemail")
    assert call["disposition"] == "voicemail"
    said = [
        line["text"] for line in called.conversation("voicemail")["transcript"] if line["role"] == "assistant"
    ]
    assert said[-1].startswith("您好，这里是") and not any("血压" in text for text in said)


def test_a_resident_who_hangs_up_leaves_a_draft(called: Called) -> None:
    assert called.ended("hangs_up")["disposition"] == "partial"
    conversation = called.conversation("hangs_up")
    assert conversation["slots"]["blood_pressure"]["value"] == {"systolic": 145, "diastolic": 88}
    assert conversation["slots"]["weight"]["status"] == "not_asked"
    (response,) = called.chart("hangs_up", "QuestionnaireResponse")
    assert response["status"] == "in-progress"


def test_an_emergency_in_the_middle_ends_in_an_alert(called: Called) -> None:
    assert called.ended("chest_pain")["disposition"] == "emergency"
    outcome = called.conversation("chest_pain")["outcome"]
    assert outcome["alert_level"] == "emergency"
    said = [line["text"] for line in called.conversation("chest_pain")["transcript"]]
    assert any("120" in text for text in said)
    assert any(task["priority"] == "stat" for task in called.chart("chest_pain", "Task"))


def test_an_impatient_resident_is_heard_while_we_speak(called: Called) -> None:
    assert called.ended("interrupts")["disposition"] == "completed"
    slots = called.conversation("interrupts")["slots"]
    assert slots["blood_pressure"]["value"] == {"systolic": 132, "diastolic": 80}
    wrong = [found for found in results("interrupts", slots) if found.verdict is Verdict.WRONG]
    assert not wrong


def results(persona: str, slots: dict[str, Any]) -> list[Any]:
    facts = {slot: fact.value for slot, fact in load(PERSONAS, persona).choose(SEED).items()}
    return compare(facts, [], slots)


def test_a_cooperative_resident_is_in_the_chart_field_by_field(called: Called) -> None:
    assert called.ended("wang_xiuying")["disposition"] == "completed"
    conversation = called.conversation("wang_xiuying")
    found = {result.field: result for result in results("wang_xiuying", conversation["slots"])}
    assert not [result for result in found.values() if result.verdict is Verdict.WRONG]
    assert found["blood_pressure"].verdict is Verdict.RIGHT
    unheard = [result for result in found.values() if result.verdict is Verdict.OPEN]
    assert len(unheard) <= 1, "a word that is heard amiss is asked again, and at last left to the doctor"

    pressure = load(PERSONAS, "wang_xiuying").choose(SEED)["blood_pressure"].value
    panel = next(
        observation
        for observation in called.chart("wang_xiuying", "Observation")
        if observation["code"]["coding"][0]["code"] == "85354-9"
    )
    parts = {part["code"]["coding"][0]["code"]: part["valueQuantity"]["value"] for part in panel["component"]}
    assert isinstance(pressure, dict)
    assert parts == {"8480-6": pressure["systolic"], "8462-4": pressure["diastolic"]}
    assert panel["status"] == "preliminary"
    types = {entry["type"] for entry in conversation["chart"]}
    assert {"QuestionnaireResponse", "Observation", "Communication", "Task", "Provenance"} <= types


def test_each_turn_is_timed(called: Called) -> None:
    turns = [turn for turn in called.ended("wang_xiuying")["timings"] if turn["first_audio"] is not None]
    assert len(turns) >= 10
    for turn in turns:
        steps = [
            turn[name] for name in ("speech_ended", "endpoint", "final_text", "reply_ready", "first_audio")
        ]
        assert steps == sorted(steps)
        assert turn["latency"] == pytest.approx(turn["first_audio"] - turn["speech_ended"], abs=0.002)


def test_the_recording_has_both_sides_and_what_the_resident_said(called: Called, tmp_path: Path) -> None:
    call = called.ended("wang_xiuying")
    answer = get(called.server, f"/api/calls/{call['id']}/recording")
    assert answer.headers["content-type"] == "audio/wav"
    path = tmp_path / "call.wav"
    path.write_bytes(answer.content)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).astype(float)
    assert len(sound) / 8000 == pytest.approx(call["recording"]["seconds"], abs=0.01)
    loud = (np.abs(sound[: len(sound) // 800 * 800].reshape(-1, 800, 2)).mean(axis=1) > 50).sum(axis=0)
    assert loud[0] > len(called.said("wang_xiuying")) * 2, "tenths of a second in which the resident speaks"
    assert loud[1] > 200, "tenths of a second in which the assistant speaks"


@pytest.mark.parametrize(
    ("changes", "status", "complaint"),
    [
        ({"line": "twilio"}, 501, "not configured"),
        ({"line": "carrier pigeon"}, 422, "line"),
        ({"persona": "nobody_at_all"}, 422, "no persona nobody_at_all; known:"),
        ({"flow": "followup"}, 422, "known:"),
        ({"resident_id": "resident-99"}, 422, "resident-99"),
        ({"speed": 100}, 422, "speed"),
    ],
)
def test_what_cannot_be_called_is_refused(
    called: Called, changes: dict[str, Any], status: int, complaint: str
) -> None:
    body = {
        "resident_id": "resident-1", "flow": "followup_hypertension", "line": "simulated", **changes
    }  # fmt: skip
    answer = called.server.client.post("/api/calls", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert complaint in answer.json()["detail"]


def test_an_unknown_call_is_not_found(called: Called) -> None:
    for path in ("/api/calls/none", "/api/calls/none/recording"):
        assert called.server.client.get(path).status_code == 404
