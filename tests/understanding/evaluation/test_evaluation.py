"""Judging a model, cross-validation, comparing two, and what the reports show of it."""

from io import StringIO

import pytest
from rich.console import Console, RenderableType

from assistant.understanding.data.annotations import parse_markup
from assistant.understanding.data.examples import Example
from assistant.understanding.data.folds import stratified_folds
from assistant.understanding.evaluation import report
from assistant.understanding.evaluation.comparison import compare
from assistant.understanding.evaluation.cross_validation import FoldResult, cross_validate, judge_with
from assistant.understanding.evaluation.measures import measure
from tests.understanding.evaluation.nearest import Nearest

ACTS = {"book": "off_topic", "ask": "question_back", "out_of_scope": "off_topic"}


def examples(*rows: str) -> list[Example]:
    """Examples of `intent|marked text`, numbered."""
    read = []
    for line, row in enumerate(rows, start=1):
        intent, marked = row.split("|")
        text, annotations = parse_markup(marked)
        read.append(Example(text, intent, annotations, source=f"all.yml:{line}"))
    return read


KNOWN = examples("book|我要挂[内科](department)的号", "ask|[降压药](medicine)几点吃", "out_of_scope|放首歌听")
TESTED = examples(
    "book|挂[内科](department)",
    "ask|[降压药](medicine)要吃几片",
    "ask|我要挂号吗",
    "out_of_scope|放首歌",
    "ask|吃[降压药](medicine)要[忌口](food)吗",
)


def shown(renderable: RenderableType) -> str:
    console = Console(file=StringIO(), width=200)
    console.print(renderable)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_a_model_is_measured_on_examples() -> None:
    judged = judge_with(Nearest(KNOWN, ACTS), TESTED, ACTS)
    found = measure(judged)
    assert [one.intent for one in judged] == ["book", "ask", "book", "out_of_scope", "ask"]
    assert found.intent_accuracy == 4 / 5
    assert found.act_accuracy == 4 / 5
    assert found.intent_macro_f1 == pytest.approx((2 / 3 + 4 / 5 + 1) / 3)
    assert found.entities is not None
    assert (found.entities.precision, found.entities.recall, found.entities.support) == (1.0, 3 / 4, 4)
    assert found.confusions == [("ask", "book", 1)]
    assert found.out_of_scope == 1.0
    assert found.as_json()["intents"]["book"]["precision"] == 0.5


def test_an_act_of_its_own_goes_before_that_of_the_intent() -> None:
    (judged,) = judge_with(Nearest(KNOWN, ACTS), [Example("挂号", "book", act="answer")], ACTS)
    assert (judged.gold_act, judged.act) == ("answer", "off_topic")


def test_data_without_acts_and_entities_has_no_such_measures() -> None:
    found = measure(judge_with(Nearest(KNOWN, {}), [Example("挂号", "book")], {}))
    assert (found.act_accuracy, found.act_macro_f1, found.entities, found.out_of_scope) == (None,) * 4
    assert "act" not in shown(report.summary(found))


def test_every_example_is_judged_by_a_model_that_did_not_see_it() -> None:
    data = KNOWN + TESTED
    folds = stratified_folds(data, k=4, seed=1)
    seen: list[FoldResult] = []
    learned: list[list[Example]] = []

    def train(known: list[Example], fold: int) -> Nearest:
        assert fold == len(learned)
        learned.append(list(known))
        return Nearest(known, ACTS)

    result = cross_validate(data, folds, train, ACTS, seen.append)  # type: ignore[arg-type]
    assert [one.example for one in result.judged] == data
    assert [fold.trained_on for fold in seen] == [len(learned) for learned, _ in folds]
    for (_, tested), known in zip(folds, learned, strict=True):
        assert not {data[index].text for index in tested} & {example.text for example in known}
    assert result.measures.examples == len(data)
    assert "±" in shown(report.summary(result.measures, result.folds))


def test_two_models_are_compared_on_the_same_examples() -> None:
    first = judge_with(Nearest(KNOWN[:1] + KNOWN[2:], ACTS), TESTED, ACTS)
    second = judge_with(Nearest(KNOWN, ACTS), TESTED, ACTS)
    compared = compare(first, second)
    assert [one.example.source for one, _ in compared.won] == ["all.yml:2", "all.yml:5"]
    assert compared.lost == []
    assert compared.chance == 0.5
    assert compared.macro_f1_interval[0] <= compared.macro_f1_interval[1]
    told = shown(report.comparison(compared, ("old", "new"), most=1))
    assert "Only new right: 2; only old right: 0; McNemar p = 0.5 (may be chance)" in told
    assert "2 won, 1 of them:" in told


def test_models_judged_on_different_examples_cannot_be_compared() -> None:
    judged = judge_with(Nearest(KNOWN, ACTS), TESTED, ACTS)
    with pytest.raises(ValueError, match="the same examples"):
        compare(judged, judged[1:])


def test_reports_show_the_worst_first_and_the_sentences() -> None:
    judged = judge_with(Nearest(KNOWN, ACTS), TESTED, ACTS)
    found = measure(judged)
    intents = shown(report.per_label("Intents", dict(found.intents)))
    assert intents.index("book") < intents.index("ask") < intents.index("out_of_scope")
    picture = shown(report.confusion_picture(found, judged))
    assert "我要挂号吗" in picture
    assert "33%" in picture
    listed = shown(report.errors(judged, most=10))
    assert "all.yml:3: 我要挂号吗  ask -> book" in listed
    assert "all.yml:5: 吃降压药要忌口吗  -忌口 (food)" in listed
