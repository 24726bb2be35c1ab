"""What an utterance does: acts and intents, by the table of utterances."""

from typing import Any

import pytest

from assistant.dialogue.meaning import Act
from assistant.understanding import Context, Lexicon, understand
from tests.understanding.conftest import context_of, table

DOCUMENT = table("acts")


@pytest.mark.parametrize(
    ("case", "context"),
    [pytest.param(case, context_of(case, DOCUMENT), id=case["say"]) for case in DOCUMENT["cases"]],
)
def test_act(case: dict[str, Any], context: Context, lexicon: Lexicon) -> None:
    meaning = understand(case["say"], context, lexicon)
    assert meaning.act == case["act"]
    if "intent" in case:
        assert meaning.intent.name == case["intent"]


def test_every_act_has_utterances() -> None:
    assert {Act(case["act"]) for case in DOCUMENT["cases"]} == set(Act)


def test_every_intent_that_rules_name_has_an_act(lexicon: Lexicon) -> None:
    from assistant.understanding.intents import EARLY, LATE

    assert {rule.intent for rule in (*EARLY, *LATE)} <= set(lexicon.acts)
