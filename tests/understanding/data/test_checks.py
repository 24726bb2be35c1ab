"""What the linter finds, each on a small set with just this defect, and that the shipped data is sound."""

import pytest

from assistant.understanding.data.annotations import Annotation, parse_markup
from assistant.understanding.data.checks import Finding, Severity, check, summarise
from assistant.understanding.data.examples import Example, Problem, TrainingData, load_training_data
from assistant.understanding.evaluation.frozen import read_frozen
from tests.architecture.source import ROOT

SOUND = {
    "book": ["我想约个号", "挂号", "[明天](time)能看病不", "给俺登记一下"],
    "ask": ["[降压药](medicine)怎么吃", "漏了一顿要补不", "[明天](time)停药行吗"],
}


def data(
    intents: dict[str, list[str]],
    lookups: dict[str, tuple[str, ...]] | None = None,
    untrained: frozenset[str] = frozenset(),
) -> TrainingData:
    """Training data of these intents; the sound ones are the known ones. Lines are numbered through."""
    rows = [(intent, marked) for intent, lines in intents.items() for marked in lines]
    examples = []
    for line, (intent, marked) in enumerate(rows, start=1):
        text, annotations = parse_markup(marked)
        examples.append(Example(text, intent, annotations, source=f"all.yml:{line}"))
    acts = {"book": "off_topic", "ask": "question_back", "rule": "question_back"}
    entities = frozenset({"time", "medicine", "disease"})
    return TrainingData(tuple(examples), {}, lookups or {}, {}, acts, untrained | {"rule"}, entities)


def found(intents: dict[str, list[str]], lookups: dict[str, tuple[str, ...]] | None = None) -> list[Finding]:
    return check(data(SOUND | intents, lookups), fewest=3)


def test_sound_data_has_no_finding() -> None:
    assert found({}) == []


@pytest.mark.parametrize(
    ("extra", "rule", "source", "told"),
    [
        ({"ask": [*SOUND["ask"], "挂号！"]}, "duplicate", "all.yml:8", "ask here and book in all.yml:2"),
        ({"ask": [*SOUND["ask"], SOUND["ask"][1]]}, "duplicate", "all.yml:8", "stands in all.yml:6 already"),
        ({"ask": SOUND["ask"][:2]}, "thin-intent", "all.yml:5", "2 examples; write at least 3"),
        ({"ask": []}, "thin-intent", "domain/intents.yml:1", "0 examples"),
        ({"new": ["甲乙丙", "丁戊己", "庚辛壬癸"]}, "unknown-intent", "all.yml:8", "'new' is not in domain"),
        ({"rule": ["甲乙丙", "丁戊己", "庚辛壬癸"]}, "unknown-intent", "all.yml:8", "decided by rule"),
        (
            {"ask": [*SOUND["ask"], "[慢点](speed)吧"]},
            "unknown-entity",
            "all.yml:8",
            "unknown entity 'speed'",
        ),
        ({"ask": [*SOUND["ask"], "吃[二甲双胍，](medicine)"]}, "misaligned", "all.yml:8", "space or a mark"),
        ({"ask": [*SOUND["ask"], "吃[ 二甲双胍](medicine)"]}, "misaligned", "all.yml:8", "space or a mark"),
    ],
)
def test_an_error_is_found(extra: dict[str, list[str]], rule: str, source: str, told: str) -> None:
    errors = [one for one in found(extra) if one.severity is Severity.ERROR]
    assert [(one.rule, one.source) for one in errors] == [(rule, source)]
    assert told in errors[0].message


@pytest.mark.parametrize(
    ("extra", "lookups", "rule", "source", "told"),
    [
        (
            {"book": [*SOUND["book"], "我想约两个号吧"]},
            {},
            "near-copy",
            "all.yml:5",
            "nearly '我想约个号' in all.yml:1",
        ),
        (
            {"ask": [*SOUND["ask"], "明天不吃会咋样"]},
            {},
            "unmarked-word",
            "all.yml:8",
            "'明天' is time in 2 and unmarked in 1 places: all.yml:8",
        ),
        (
            {"ask": [*SOUND["ask"], "痛风能不能吃豆腐"]},
            {"disease": ("痛风",)},
            "unmarked-word",
            "all.yml:8",
            "'痛风'",
        ),
        (
            {"ask": [*SOUND["ask"], "[明天](disease)是什么病"]},
            {},
            "marked-two-ways",
            "all.yml:8",
            "'明天' is disease here and time in more places",
        ),
        (
            {"ask": [*SOUND["ask"], "[痛风](disease)石能消吗"]},
            {"disease": ("痛风石",)},
            "cut-word",
            "all.yml:8",
            "'痛风' is only a part of '痛风石', which is disease elsewhere",
        ),
        ({"ask": [*SOUND["ask"], "好的[微笑]不过要多久"]}, {}, "brackets", "all.yml:8", "brackets in"),
    ],
)
def test_a_warning_is_given(
    extra: dict[str, list[str]], lookups: dict[str, tuple[str, ...]], rule: str, source: str, told: str
) -> None:
    (finding,) = found(extra, lookups)
    assert (finding.severity, finding.rule, finding.source) == (Severity.WARNING, rule, source)
    assert told in finding.message


def test_a_word_inside_a_number_or_a_frequency_is_not_that_word() -> None:
    lines = [
        "[周三](time)停行不",
        "[周三](time)不吃会咋",
        "一周三次够么",
        "[三点](time)吃还是",
        "[三点](time)补一顿",
        "两三点醒",
    ]
    assert found({"ask": [*SOUND["ask"], *lines]}) == []


def test_one_pattern_with_other_names_is_little_variety() -> None:
    lines = ["挂[明天](time)的号", "挂[后天](time)的号", "挂[下周三](time)的号", "挂[周五](time)的号"]
    told = [one.message for one in found({"book": lines}) if one.rule == "little-variety"]
    assert told == [
        "intent 'book': 1 structures in 4 examples (25%, wanted 75%); vary the sentences, not the names"
    ]


def test_overlapping_annotations_are_misaligned() -> None:
    annotations = (Annotation("disease", 0, 3, "高血压"), Annotation("disease", 1, 4, "血压药"))
    example = Example("高血压药还吃吗", "ask", annotations, source="all.yml:9")
    given = data(SOUND)
    joined = TrainingData((*given.examples, example), {}, {}, {}, given.acts, given.untrained, given.entities)
    errors = [one for one in check(joined, fewest=3) if one.severity is Severity.ERROR]
    assert [(one.rule, one.message) for one in errors] == [
        ("misaligned", "'血压药' overlaps another annotation")
    ]


@pytest.mark.parametrize(
    ("tested", "source", "told"),
    [
        ("挂号。", "all.yml:2", "'挂号' is what frozen.jsonl:1 tests"),
        ("漏了一顿还要补不", "all.yml:6", "'漏了一顿要补不' is nearly what frozen.jsonl:1 tests"),
    ],
)
def test_what_is_kept_for_testing_must_not_be_learned(tested: str, source: str, told: str) -> None:
    (finding,) = check(data(SOUND), held_out=[Example(tested, "any", source="frozen.jsonl:1")], fewest=3)
    assert (finding.rule, finding.source) == ("held-out", source)
    assert told in finding.message


def test_short_calls_may_be_alike() -> None:
    assert check(data(SOUND), held_out=[Example("挂号了", "book")], fewest=3) == []


def test_what_could_not_be_read_is_an_error() -> None:
    (finding,) = check(data(SOUND), [Problem("all.yml:9", "a bracket")], fewest=3)
    assert (finding.severity, finding.rule, finding.source) == (Severity.ERROR, "unreadable", "all.yml:9")


def test_the_summary_counts_examples_and_structures() -> None:
    (ask, book) = summarise(data(SOUND | {"book": [*SOUND["book"], "我想约两个号吧"]}))
    assert (ask.intent, ask.act, ask.examples, ask.structures, ask.annotations) == (
        "ask",
        "question_back",
        3,
        3,
        2,
    )
    assert (book.examples, book.structures, book.variety) == (5, 4, 0.8)


def test_the_shipped_training_data_is_sound() -> None:
    data, problems = load_training_data(ROOT / "nlu_data")
    errors = [str(one) for one in check(data, problems, read_frozen(ROOT)) if one.severity is Severity.ERROR]
    assert errors == []
    summaries = summarise(data)
    assert len(summaries) >= 45
    assert len(data.examples) >= 6000
    assert [one.intent for one in summaries if one.variety < 0.75] == []
