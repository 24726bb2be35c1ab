"""How complete a partial text is, with the real understanding behind it."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.waits import Wait
from assistant.understanding import Context, Lexicon, understand
from voice.turn_taking.completeness import Completeness, completeness

CONTENT = Path(__file__).parents[3] / "nlu_data"
CASES = YAML(typ="safe").load(Path(__file__).with_name("completeness.yml"))


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load(CONTENT)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['expects']}:{case['text']}")
def test_completeness(case: dict[str, Any], lexicon: Lexicon) -> None:
    wait = Wait(
        slot=case["expects"],
        expects=ValueKind.YES_NO if case.get("reading_back") else ValueKind(case["expects"]),
        question=case.get("question", ""),
        reading_back=case.get("reading_back", False),
    )
    context = Context.of(wait, datetime(2026, 3, 2, 9), "voice")
    meaning = understand(case["text"], context, lexicon)
    assert completeness(case["text"], meaning, wait) is Completeness[case["is"].upper()]


def test_before_anything_is_asked_no_words_are_an_answer(lexicon: Lexicon) -> None:
    context = Context.of(None, datetime(2026, 3, 2, 9), "voice")
    meaning = understand("喂你好", context, lexicon)
    assert completeness("喂你好", meaning, None) is Completeness.FRAGMENT
