"""Danger signs: every rule has utterances that fire it, and more that only sound like it."""

from typing import Any

import pytest

from assistant.dialogue.meaning import Act, ValueKind
from assistant.understanding import Context, Lexicon, understand
from assistant.understanding.red_flag_scope import Reason
from assistant.understanding.red_flags import judge
from assistant.understanding.sentence import prepare
from benchmarks.red_flags.__main__ import detector, judge_all
from benchmarks.red_flags.figures import count
from benchmarks.red_flags.sets import DEVELOPMENT, labelled
from tests.understanding.conftest import TODAY, context_of, shipped_lexicon, table

DOCUMENT = table("red_flags")
WORDING = table("red_flags_wording")
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


@pytest.mark.parametrize("text", [text for texts in WORDING["dangers"].values() for text in texts])
def test_ways_of_telling_a_danger(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Context(today=TODAY), lexicon).emergency


@pytest.mark.parametrize("text", [text for texts in WORDING["harmless"].values() for text in texts])
def test_harmless_words(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Context(today=TODAY), lexicon).red_flags == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("胸口不疼 也不出汗", Reason.DENIED),
        ("如果胸口疼出大汗怎么办", Reason.SUPPOSED),
        ("电影里那个人突然昏迷了", Reason.FICTION),
        ("气得我心口疼", Reason.FIGURATIVE),
        ("昏迷的人要怎么躺着", Reason.ASKED),
        ("我邻居昨天晕倒了 送医院了", Reason.FAR),
        ("去年胸口疼过一次 出了一身汗", Reason.PAST),
        ("昨天胸口疼了一会儿出了汗 后来就好了", Reason.GONE),
        ("左边胳膊没劲是老毛病", Reason.CHRONIC),
        ("爬楼就喘不上气", Reason.HARMLESS),
    ],
)
def test_why_a_sign_is_set_aside(text: str, reason: Reason, lexicon: Lexicon) -> None:
    context = Context(today=TODAY)
    judged = judge(prepare(text, context, lexicon), context, ())
    assert judged.flags == ()
    assert reason in {aside.reason for aside in judged.set_aside}


def test_the_development_set_is_told_apart() -> None:
    figures = count(judge_all(labelled(DEVELOPMENT), detector(None)))
    assert figures.recall.value >= 0.985
    assert figures.false_alarms.value <= 0.03


@pytest.mark.parametrize(
    ("name", "recall"),
    [("red_flags_unseen", 0.96), ("red_flags_unseen_second", 0.79), ("red_flags_unseen_third", 0.70)],
)
def test_unobvious_wordings_are_told_apart_by_rules_alone(name: str, recall: float) -> None:
    figures = count(judge_all(labelled(DEVELOPMENT.with_name(f"{name}.jsonl")), detector(None)))
    assert figures.recall.value >= recall
    assert figures.false_alarms.value <= 0.03


@pytest.mark.parametrize(
    ("text", "question", "expects", "emergency"),
    [
        ("嗯 躺不下", "您晚上能平躺吗？", "yes_no", True),
        ("能", "您晚上能平躺着睡吗？", "yes_no", False),
        ("还在流", "鼻血止住了吗？", "yes_no", True),
        ("止住了", "血止住了没有？", "yes_no", False),
        ("一整瓶", "您吃了多少片安眠药？", "quantity", True),
        ("三十九度", "宝宝刚满月，体温多少？", "free_text", True),
        ("不怎么动了", "您现在怀孕八个月，胎动怎么样？", "free_text", True),
        ("头疼 恶心", "血压一百九，您现在有什么不舒服吗？", "symptoms", True),
        ("想过", "您有没有想过自杀？", "yes_no", True),
        ("没想过", "您有没有想过自杀？", "yes_no", False),
        ("有过 十年前", "以前有过中风吗？", "yes_no", False),
        ("知道了", "如果胸口疼出汗，要马上打120，您记住了吗？", "yes_no", False),
    ],
)
def test_what_the_question_adds(
    text: str, question: str, expects: str, emergency: bool, lexicon: Lexicon
) -> None:
    context = Context(today=TODAY, question=question, expects=ValueKind(expects))
    assert understand(text, context, lexicon).emergency is emergency
