"""Whose word counts: the grammar's, which knows the question, or the model's, which knows the wording."""

from collections.abc import Sequence
from typing import Any

import pytest

from assistant.dialogue.meaning import Act, Entity, IntentScore, Meaning, ValueKind
from assistant.understanding import Context, Lexicon, understand
from assistant.understanding.prediction import ActScore, Prediction
from assistant.understanding.trained import TrainedUnderstander
from assistant.understanding.weighing import weigh
from tests.understanding.conftest import TODAY


def read(lexicon: Lexicon, *scores: tuple[str, float], entities: Sequence[Entity] = ()) -> Prediction:
    """A prediction of these intents with these probabilities."""
    weights: dict[Act, float] = {}
    for name, confidence in scores:
        weights[lexicon.act_of(name)] = weights.get(lexicon.act_of(name), 0.0) + confidence
    acts = sorted((ActScore(act, weight) for act, weight in weights.items()), key=lambda s: -s.confidence)
    intents = tuple(IntentScore(name=name, confidence=confidence) for name, confidence in scores)
    return Prediction(intents, tuple(acts), in_scope=0.99, entities=tuple(entities))


def heard(text: str, lexicon: Lexicon, *scores: tuple[str, float], **context: Any) -> Meaning:
    given = Context(today=TODAY, **context)
    return weigh(understand(text, given, lexicon), read(lexicon, *scores), given, lexicon)


PRESSURE = {"expects": ValueKind.BLOOD_PRESSURE, "question": "您最近一次量的血压是多少？"}
TABLETS = {"expects": ValueKind.YES_NO, "question": "您按时吃药吗？"}


@pytest.mark.parametrize(
    ("text", "context", "scores", "intent"),
    [
        ("我想换个时间过去", {}, [("change_appointment", 0.7)], "change_appointment"),
        ("一百五九十", PRESSURE, [("out_of_scope", 0.95)], "inform"),
        ("吃着呢", TABLETS, [("deny", 0.8)], "affirm"),
        ("没有", TABLETS, [("affirm", 0.97)], "deny"),
        ("以后别再打来了", TABLETS, [("refuse_all", 0.9)], "stop_calling"),
        ("下周三去打疫苗", {}, [("book_vaccination", 0.8)], "book_vaccination"),
        (
            "下周三",
            {"expects": ValueKind.DATE, "question": "哪天来？"},
            [("book_appointment", 0.9)],
            "inform",
        ),
        ("胸口疼得厉害 喘不上气 一身冷汗", {}, [("report_symptom", 0.9)], "emergency"),
        ("窗外下雪了", TABLETS, [("ask_diet", 0.2)], "off_topic"),
    ],
)
def test_whose_word_counts(
    text: str, context: dict[str, Any], scores: list[tuple[str, float]], intent: str, lexicon: Lexicon
) -> None:
    meaning = heard(text, lexicon, *scores, **context)
    assert meaning.intent.name == intent
    assert meaning.act is lexicon.act_of(intent)
    assert meaning.intent_ranking[0] == meaning.intent


def test_a_model_calls_no_emergency_where_the_rules_set_the_sign_aside(lexicon: Lexicon) -> None:
    meaning = heard("去年胸口疼出过一身冷汗", lexicon, ("emergency", 0.99), ("off_topic", 0.01))
    assert meaning.act is not Act.EMERGENCY


def test_a_danger_that_only_the_model_hears_is_an_emergency(lexicon: Lexicon) -> None:
    meaning = heard("人软成一摊泥了 快想想办法", lexicon, ("emergency", 0.97), ("report_symptom", 0.03))
    assert (meaning.act, [flag.rule for flag in meaning.red_flags]) == (Act.EMERGENCY, ["model"])


def test_a_question_beside_an_answer_is_kept(lexicon: Lexicon) -> None:
    meaning = heard("一百五九十 这算高吗", lexicon, ("ask_reading", 0.9), **PRESSURE)
    assert (meaning.act, meaning.intent_ranking[1].name) == (Act.ANSWER, "ask_question")


def test_values_stay_the_grammar_s(lexicon: Lexicon) -> None:
    context = Context(today=TODAY, **PRESSURE)
    before = understand("高压一百五低压九十", context, lexicon)
    assert heard("高压一百五低压九十", lexicon, ("inform", 0.9), **PRESSURE).values == before.values


def test_the_model_adds_entities_where_the_grammar_has_none(lexicon: Lexicon) -> None:
    context = Context(today=TODAY)
    text = "头疼挂什么科"
    found = [
        Entity(entity="symptom", value="头疼", start=0, end=2, extractor="model"),
        Entity(entity="department", value="什么科", start=3, end=6, extractor="model"),
    ]
    prediction = read(lexicon, ("ask_department", 0.9), entities=found)
    entities = weigh(understand(text, context, lexicon), prediction, context, lexicon).entities
    assert [(entity.entity, entity.value) for entity in entities] == [
        ("symptom", "头痛"),
        ("department", "什么科"),
    ]


class Failing:
    async def predict(self, text: str) -> Prediction:
        raise RuntimeError("overloaded")


async def test_a_reader_that_fails_leaves_the_grammar_alone(lexicon: Lexicon) -> None:
    understander = TrainedUnderstander(lexicon, Failing())
    context = Context(today=TODAY, **PRESSURE)
    for number in range(1, 4):
        meaning = await understander.understand("一百五九十", context)
        assert meaning == understand("一百五九十", context, lexicon)
        assert understander.failures == number
