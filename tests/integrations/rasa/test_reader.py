"""A Rasa server as the reader of utterances: its shapes, its refusals, its absence."""

import json
from typing import Any

import httpx
import pytest

from assistant.dialogue.meaning import Act
from assistant.understanding import Context
from assistant.understanding.trained import TrainedUnderstander
from integrations.rasa.reader import RasaError, RasaReader
from tests.understanding.conftest import TODAY, shipped_lexicon

PARSED = {
    "text": "我想改约到周三",
    "intent": {"name": "change_appointment", "confidence": 0.9},
    "entities": [
        {"entity": "time", "start": 5, "end": 7, "value": "周三", "confidence_entity": 0.8,
         "extractor": "DIETClassifier"}
    ],
    "text_tokens": [[0, 1], [1, 2], [2, 4], [4, 5], [5, 7]],
    "intent_ranking": [
        {"name": "change_appointment", "confidence": 0.9},
        {"name": "ask_appointment", "confidence": 0.07},
        {"name": "out_of_scope", "confidence": 0.03},
    ],
}  # fmt: skip
"""As Rasa 3.6.21 answers."""


def server(answers: dict[str, Any], asked: list[httpx.Request] | None = None) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request)
        status, body = answers[request.url.path]
        return httpx.Response(status, json=body) if body is not None else httpx.Response(status, text="busy")

    return httpx.MockTransport(answer)


def reader(transport: httpx.AsyncBaseTransport, token: str | None = None) -> RasaReader:
    return RasaReader("http://rasa.test", shipped_lexicon().act_of, token=token, transport=transport)


async def test_a_parse_becomes_a_prediction() -> None:
    asked: list[httpx.Request] = []
    async with reader(server({"/model/parse": (200, PARSED)}, asked), token="t0ken") as rasa:
        prediction = await rasa.predict("我想改约到周三")
    assert json.loads(asked[0].content) == {"text": "我想改约到周三"}
    assert asked[0].url.params["token"] == "t0ken"
    assert prediction.intents[0].name == "change_appointment"
    assert prediction.in_scope == pytest.approx(0.97)
    weights = {score.act: score.confidence for score in prediction.acts}
    assert weights == {Act.OFF_TOPIC: pytest.approx(0.93), Act.QUESTION_BACK: pytest.approx(0.07)}
    assert [(entity.entity, entity.start, entity.end) for entity in prediction.entities] == [("time", 5, 7)]


async def test_its_fallback_means_that_nothing_is_sure() -> None:
    parsed = {**PARSED, "intent_ranking": [{"name": "nlu_fallback", "confidence": 0.3}]}
    async with reader(server({"/model/parse": (200, parsed)})) as rasa:
        prediction = await rasa.predict("嗯那什么")
    assert (prediction.intents, prediction.in_scope) == ((), 0.0)


async def test_what_is_said_is_never_a_command_to_rasa() -> None:
    asked: list[httpx.Request] = []
    async with reader(server({"/model/parse": (200, PARSED)}, asked)) as rasa:
        await rasa.predict("/restart")
    assert json.loads(asked[0].content) == {"text": "restart"}


@pytest.mark.parametrize(
    ("status", "body", "complaint"),
    [
        (401, {"message": "User is not authenticated."}, "ASSISTANT_RASA_TOKEN"),
        (409, {"message": "No agent loaded."}, "No agent loaded"),
        (200, {"intent": {}}, "no Rasa parse"),
        (200, ["x"], "no JSON object"),
        (502, None, "answered 502"),
    ],
)
async def test_what_cannot_be_used_is_told_in_one_line(status: int, body: Any, complaint: str) -> None:
    async with reader(server({"/model/parse": (status, body)})) as rasa:
        with pytest.raises(RasaError, match=complaint) as error:
            await rasa.predict("你好")
    assert "\n" not in str(error.value)


async def test_a_server_without_a_model_is_refused_at_the_start() -> None:
    async with reader(server({"/status": (200, {"model_file": None})})) as rasa:
        with pytest.raises(RasaError, match="make rasa"):
            await rasa.check()


async def test_without_its_server_the_grammar_goes_on_alone() -> None:
    async with RasaReader("http://127.0.0.1:9", shipped_lexicon().act_of) as rasa:
        with pytest.raises(RasaError, match="does not answer"):
            await rasa.check()
        understander = TrainedUnderstander(shipped_lexicon(), rasa)
        meaning = await understander.understand("高压一百五低压九十", Context(today=TODAY))
    assert meaning.values[0].value == {"systolic": 150, "diastolic": 90}
    assert understander.failures == 1
