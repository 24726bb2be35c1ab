"""The body of /model/parse."""

from datetime import date

from assistant.dialogue.meaning import ValueKind
from assistant.understanding import Context, GrammarUnderstander, understand
from assistant.understanding.rasa_shape import parse_response
from tests.understanding.conftest import shipped_lexicon

CONTEXT = Context(expects=ValueKind.BLOOD_PRESSURE, question="血压多少？", today=date(2026, 3, 4))


def test_the_shape_is_rasa_s_with_values_act_and_danger_signs() -> None:
    body = parse_response(understand("高压大概一百四，低压九十，头有点晕", CONTEXT, shipped_lexicon()))
    keys = "text intent entities text_tokens intent_ranking values act emergency red_flags"
    assert list(body) == keys.split()
    assert body["intent"]["name"] == "inform"
    assert 0 < body["intent"]["confidence"] <= 1
    assert body["intent_ranking"][0] == body["intent"]
    assert body["text_tokens"][:3] == [[0, 1], [1, 2], [2, 3]]
    assert body["values"][0] == {
        "kind": "blood_pressure",
        "value": {"systolic": 140, "diastolic": 90},
        "approx": True,
        "span": [2, 12],
    }
    assert body["entities"] == [
        {
            "entity": "symptom",
            "start": 13,
            "end": 17,
            "confidence_entity": 1.0,
            "value": "头晕",
            "extractor": "grammar",
        }
    ]
    assert (body["act"], body["emergency"], body["red_flags"]) == ("answer", False, [])


def test_an_emergency_says_by_which_rule_and_whose() -> None:
    body = parse_response(understand("我老伴胸口疼得满头大汗", CONTEXT, shipped_lexicon()))
    assert (body["act"], body["emergency"]) == ("emergency", True)
    assert [(flag["rule"], flag["subject"]) for flag in body["red_flags"]] == [("chest_pain", "spouse")]


async def test_the_port_gives_the_same() -> None:
    said = "一百四九十"
    assert await GrammarUnderstander(shipped_lexicon()).understand(said, CONTEXT) == understand(
        said, CONTEXT, shipped_lexicon()
    )


def test_tokens_are_characters_or_latin_runs() -> None:
    body = parse_response(understand("BP 140/90 吧", CONTEXT, shipped_lexicon()))
    assert body["text_tokens"] == [[0, 2], [3, 6], [7, 9], [10, 11]]
