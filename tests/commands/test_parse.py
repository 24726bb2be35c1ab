"""`assistant parse`: what a sentence means and which part decided; at a prompt, what was asked can be set."""

import io
import json
from collections.abc import Sequence

import pytest

from assistant.channels.model_parse import ParseRequest
from assistant.commands.explanation import Explanation
from assistant.commands.parse import explain, parse
from assistant.dialogue.meaning import Act, IntentScore, Meaning, ValueKind
from assistant.understanding import GrammarUnderstander, Lexicon
from assistant.understanding.prediction import ActScore, Prediction
from assistant.understanding.trained import TrainedUnderstander
from tests.architecture.source import ROOT


@pytest.fixture(autouse=True)
def installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(ROOT))


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load(ROOT / "nlu_data")


class Sure:
    """A reader that hears the same in everything."""

    def __init__(self, intent: str, act: Act) -> None:
        self.prediction = Prediction(
            (IntentScore(name=intent, confidence=0.97),), (ActScore(act, 0.97),), 0.99
        )

    async def predict(self, text: str) -> Prediction:
        return self.prediction


class Broken:
    """A reader that cannot read."""

    async def predict(self, text: str) -> Prediction:
        raise RuntimeError("overloaded")


def told(intents: Sequence[str]) -> Meaning:
    scores = tuple(IntentScore(name=name, confidence=0.9) for name in intents)
    return Meaning(text="好", act=Act.OFF_TOPIC, intent=scores[0], intent_ranking=scores)


@pytest.mark.parametrize(
    ("final", "grammar", "model", "decided_by"),
    [
        ("thanks", "thanks", None, "the grammar; no model is in use"),
        ("thanks", "thanks", "thanks", "grammar and model agree"),
        ("thanks", "thanks", "goodbye", "the grammar, against the model's goodbye (0.97)"),
        ("goodbye", "thanks", "goodbye", "the model, against the grammar's thanks"),
        (
            "handoff",
            "thanks",
            "goodbye",
            "the model's second choice; its first was goodbye, the grammar's thanks",
        ),
    ],
)
def test_it_says_which_part_decided(final: str, grammar: str, model: str | None, decided_by: str) -> None:
    prediction = Sure(model, Act.OFF_TOPIC).prediction if model else None
    assert Explanation(told([final]), told([grammar]), prediction).decided_by == decided_by


async def test_both_readings_stand_beside_the_verdict(lexicon: Lexicon) -> None:
    understander = TrainedUnderstander(lexicon, Sure("ask_cost", Act.QUESTION_BACK))
    explained = await explain(ParseRequest(text="这个得花几个子儿"), understander, lexicon)
    assert explained.meaning.intent.name == "ask_cost"
    assert explained.prediction is not None
    assert explained.grammar.intent.name != "ask_cost"


async def test_a_danger_sign_decides_before_any_model(lexicon: Lexicon) -> None:
    understander = TrainedUnderstander(lexicon, Sure("thanks", Act.OFF_TOPIC))
    request = ParseRequest(text="胸口疼得厉害，一直出冷汗，喘不上气")
    assert (await explain(request, understander, lexicon)).decided_by == "a danger sign"


async def test_a_reader_that_fails_leaves_the_grammar(lexicon: Lexicon) -> None:
    for understander in (TrainedUnderstander(lexicon, Broken()), GrammarUnderstander(lexicon)):
        explained = await explain(ParseRequest(text="谢谢您"), understander, lexicon)
        assert explained.prediction is None
        assert explained.meaning == explained.grammar


def test_everything_found_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    parse("胸口疼得厉害，一直出冷汗，喘不上气", channel="text")
    shown = capsys.readouterr().out
    assert "act emergency" in shown
    assert "danger sign chest_pain, of the patient: 胸口疼" in shown
    assert "entity symptom: 胸口疼 = 胸痛 [0, 3) by grammar" in shown


def test_json_is_the_body_of_model_parse(capsys: pytest.CaptureFixture[str]) -> None:
    parse("九十", expects=ValueKind.BLOOD_PRESSURE, question="低压呢？", channel="text", as_json=True)
    body = json.loads(capsys.readouterr().out)
    assert body["values"][0]["value"] == {"systolic": None, "diastolic": 90}
    assert {"text", "intent", "intent_ranking", "entities", "act", "emergency"} <= set(body)


def test_at_the_prompt_what_was_asked_can_be_set_and_forgotten(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        "/expects blood_pressure",
        "/question 低压呢？",
        "九十",
        "/reset",
        "九十",
        "/expects dancing",
        "/dance now",
        "",
        "谢谢",
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    parse(channel="text")
    said = capsys.readouterr()
    first, second, third = said.out.split("> ")[1:]
    assert "'diastolic': 90" in first
    assert "diastolic" not in second
    assert "intent thanks" in third
    assert "expects: Input should be 'blood_pressure'" in said.err
    assert "/dance: unknown" in said.err
