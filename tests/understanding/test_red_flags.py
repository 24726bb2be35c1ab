"""Danger signs: every rule has utterances that fire it, and more that only sound like it."""

from typing import Any

import pytest

from assistant.dialogue.meaning import Act
from assistant.understanding import Context, Lexicon, understand
from tests.understanding.conftest import context_of, shipped_lexicon, table

DOCUMENT = table("red_flags")
NEAR_MISSES = [case if isinstance(case, dict) else {"say": case} for case in DOCUMENT["no"]]


@pytest.mark.parametrize(
    ("case", "context"),
    [
        pytest.param(case, context_of(case, DOCUMENT), id=f"{case['rule']}-{case['say']}")
        for case in DOCUMENT["yes"]
    ],
)
def test_emergency(case: dict[str, Any], context: Context, lexicon: Lexicon) -> None:
    meaning = understand(case["say"], context, lexicon)
    assert (case["rule"], case.get("whose", "patient")) in [
        (flag.rule, flag.subject) for flag in meaning.red_flags
    ]
    assert meaning.act is Act.EMERGENCY
    assert meaning.emergency


@pytest.mark.parametrize(
    ("case", "context"),
    [pytest.param(case, context_of(case, DOCUMENT), id=case["say"]) for case in NEAR_MISSES],
)
def test_only_sounds_like_one(case: dict[str, Any], context: Context, lexicon: Lexicon) -> None:
    meaning = understand(case["say"], context, lexicon)
    assert meaning.red_flags == ()
    assert not meaning.emergency


def test_every_rule_is_pinned_by_an_utterance() -> None:
    assert {rule.rule for rule in shipped_lexicon().red_flags.rules} == {
        case["rule"] for case in DOCUMENT["yes"]
    }
