"""A danger that only the trained model hears, and what keeps its word from counting."""

import pytest

from assistant.dialogue.meaning import IntentScore, RedFlag, ValueKind
from assistant.dialogue.slots import Speaker
from assistant.understanding import Context, Lexicon, understand
from assistant.understanding.prediction import Prediction
from assistant.understanding.second_opinion import SURE_ENOUGH, second_opinion
from tests.understanding.conftest import TODAY

UNHEARD_OF = "她软成一摊泥了 快想想办法"
"""Words for which no rule has a sign."""


def opinion(
    lexicon: Lexicon, text: str, sure: float = 0.99, context: Context | None = None
) -> RedFlag | None:
    context = context or Context(today=TODAY)
    prediction = Prediction((IntentScore(name="emergency", confidence=sure),), (), in_scope=0.99)
    return second_opinion(understand(text, context, lexicon), prediction, context, lexicon)


def test_words_that_no_rule_knows(lexicon: Lexicon) -> None:
    assert understand(UNHEARD_OF, Context(today=TODAY), lexicon).red_flags == ()
    flag = opinion(lexicon, UNHEARD_OF)
    assert flag is not None
    assert (flag.rule, flag.subject, flag.span) == ("model", "other", (0, len(UNHEARD_OF)))


def test_whose_it_is_follows_the_speaker(lexicon: Lexicon) -> None:
    daughter = Context(today=TODAY, speaker=Speaker.CHILD)
    flag = opinion(lexicon, "我妈软成一摊泥了", context=daughter)
    assert flag is not None and flag.subject == "patient"


def test_it_must_be_sure_enough(lexicon: Lexicon) -> None:
    assert opinion(lexicon, UNHEARD_OF, SURE_ENOUGH) is not None
    assert opinion(lexicon, UNHEARD_OF, SURE_ENOUGH - 0.01) is None


@pytest.mark.parametrize(
    "text",
    [
        "胸口不疼 也不出汗",
        "去年胸口疼过一次 出了一身汗",
        "如果胸口疼出大汗怎么办",
        "电影里那个人突然昏迷了",
        "心梗会嘴歪吗",
        "我邻居昨天晕倒了 送医院了",
        "爬楼就喘不上气 歇歇就好",
        "昨天喘得坐着都憋 现在好了",
    ],
)
def test_a_sign_that_the_rules_set_aside_stays_so(text: str, lexicon: Lexicon) -> None:
    assert opinion(lexicon, text) is None


@pytest.mark.parametrize("text", ["要是她软成一摊泥了", "电视里那人软成一摊泥了", "前年她软成一摊泥了"])
def test_the_utterance_must_tell_a_fact_of_now(text: str, lexicon: Lexicon) -> None:
    assert opinion(lexicon, text) is None


@pytest.mark.parametrize("text", ["有", "没有", "嗯是的"])
def test_short_answers_mean_what_was_asked(text: str, lexicon: Lexicon) -> None:
    asked = Context(today=TODAY, expects=ValueKind.YES_NO, question="您按时吃药吗？")
    assert opinion(lexicon, text, context=asked) is None


def test_where_a_rule_fired_the_model_adds_nothing(lexicon: Lexicon) -> None:
    assert opinion(lexicon, "我妈叫不醒了") is None
