"""Stock Rasa itself, trained on a part of our data and asked over HTTP as a client of Rasa would ask us."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.understanding import Context
from assistant.understanding.data.examples import read_training_data
from assistant.understanding.rasa_shape import parse_response
from assistant.understanding.trained import TrainedUnderstander
from benchmarks.understanding.rasa_server import RasaServer, running
from integrations.rasa.environment import RasaUnavailable, interpreter
from integrations.rasa.project import RasaData, write_project
from integrations.rasa.reader import RasaReader
from tests.understanding.conftest import CONTENT, TODAY, shipped_lexicon

HOME = CONTENT.parent
INTENTS = ("book_appointment", "thanks", "wrong_person", "ask_diet", "stop_calling")
EACH = 40


def _environment() -> str | None:
    """Why Rasa cannot be tested here; None when it can."""
    try:
        interpreter(HOME)
    except RasaUnavailable as problem:
        return f"{problem} (it needs Python 3.10 and 2.7 GB)"
    return None


pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(_environment() is not None, reason=_environment() or ""),
]


@pytest.fixture(scope="module")
def rasa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RasaServer]:
    folder = tmp_path_factory.mktemp("rasa")
    data = read_training_data(CONTENT)
    examples = [
        example
        for intent in INTENTS
        for example in [example for example in data.examples if example.intent == intent][:EACH]
    ]
    write_project(folder / "project", RasaData(examples, data.synonyms), epochs=15)
    yield from serve(folder)


def serve(folder: Path) -> Iterator[RasaServer]:
    from integrations.rasa.__main__ import train

    try:
        model = train(folder, threads=1)
    except (RasaUnavailable, subprocess.SubprocessError) as problem:
        pytest.fail(str(problem))
    with running(HOME, model, threads=1) as server:
        yield server


async def test_it_is_checked_and_read(rasa: RasaServer) -> None:
    async with RasaReader(rasa.url, shipped_lexicon().act_of, timeout_seconds=30) as reader:
        assert (await reader.check()).startswith("3.6")
        prediction = await reader.predict("谢谢你们了")
        assert prediction.intents[0].name == "thanks"
        assert len(prediction.intents) == len(INTENTS)


async def test_it_is_an_engine_beside_the_grammar(rasa: RasaServer) -> None:
    async with RasaReader(rasa.url, shipped_lexicon().act_of, timeout_seconds=30) as reader:
        understander = TrainedUnderstander(shipped_lexicon(), reader)
        meaning = await understander.understand("我想预约明天的内科", Context(today=TODAY))
    assert understander.failures == 0
    assert meaning.intent.name == "book_appointment"
    assert any(value.kind == "date" for value in meaning.values), (
        "values are the grammar's, whoever reads acts"
    )


async def test_our_answer_has_the_shape_of_its_own(rasa: RasaServer) -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        theirs = (await client.post(f"{rasa.url}/model/parse", json={"text": "能不能吃西瓜"})).json()
    async with RasaReader(rasa.url, shipped_lexicon().act_of, timeout_seconds=30) as reader:
        meaning = await TrainedUnderstander(shipped_lexicon(), reader).understand(
            "能不能吃西瓜", Context(today=TODAY)
        )
    ours = parse_response(meaning)
    assert set(theirs) - {"response_selector"} <= set(ours)
    assert set(ours["intent"]) == set(theirs["intent"])
    assert {type(span) for span in ours["text_tokens"]} == {list}
