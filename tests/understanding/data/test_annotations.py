"""Entity markup: what is read, what is refused, and that writing is the inverse of reading."""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assistant.understanding.data.annotations import Annotation, AnnotationError, parse_markup, write_markup


@pytest.mark.parametrize(
    ("marked", "text", "annotations"),
    [
        ("早上量的", "早上量的", []),
        ("[头疼](symptom)三天了", "头疼三天了", [Annotation("symptom", 0, 2, "头疼")]),
        ("老是[头疼](symptom:头痛)", "老是头疼", [Annotation("symptom", 2, 4, "头痛")]),
        (
            '高压[150]{"entity":"bp","role":"systolic","group":"1","value":"150"}',
            "高压150",
            [Annotation("bp", 2, 5, "150", "systolic", "1")],
        ),
        (
            '去[人民医院][{"entity":"institution"},{"entity":"place","value":"医院"}]看看',
            "去人民医院看看",
            [Annotation("institution", 1, 5, "人民医院"), Annotation("place", 1, 5, "医院")],
        ),
        (
            "[我妈](relation)吃[拜新同](medicine:硝苯地平)",
            "我妈吃拜新同",
            [Annotation("relation", 0, 2, "我妈"), Annotation("medicine", 3, 6, "硝苯地平")],
        ),
        ("好的[微笑]", "好的[微笑]", []),
        ('吃了[2]{"entity": "n", "value": 2}片', "吃了2片", [Annotation("n", 2, 3, "2")]),
    ],
)
def test_markup_is_read(marked: str, text: str, annotations: list[Annotation]) -> None:
    assert parse_markup(marked) == (text, tuple(annotations))


@pytest.mark.parametrize(
    ("marked", "reason"),
    [
        ("[头疼(symptom)三天了", "bracket without its partner"),
        ("头疼](symptom)三天了", "bracket without its partner"),
        ("[头疼]()三天了", "cannot be read"),
        ("[头疼](:头痛)", "cannot be read"),
        ("[](symptom)", "cannot be read"),
        ("[[头疼](symptom)", "bracket inside"),
        ("[头疼]{entity: symptom}", "not JSON"),
        ('[头疼]{"role": "x"}', "names no entity"),
        ('[头疼]{"entity": "symptom", "roel": "x"}', "unknown key 'roel'"),
        ('[头疼][{"entity": "symptom"}, "x"]', "names no entity"),
    ],
)
def test_bad_markup_is_refused_and_says_why(marked: str, reason: str) -> None:
    with pytest.raises(AnnotationError, match=reason):
        parse_markup(marked)


def test_overlapping_annotations_cannot_be_written() -> None:
    with pytest.raises(AnnotationError, match="overlaps"):
        write_markup("头疼三天", [Annotation("a", 0, 2, "头疼"), Annotation("b", 1, 3, "疼三")])


words = st.text("头疼了吃药150，。 (){}:\"'\\an\n", min_size=0, max_size=6)
names = st.from_regex(re.compile(r"[a-z_]{1,8}"), fullmatch=True)
values = st.text('头痛:() {}"]、ab1', min_size=1, max_size=5)


@st.composite
def annotated(draw: st.DrawFn) -> tuple[str, list[Annotation]]:
    text, annotations = draw(words), []
    for _ in range(draw(st.integers(0, 3))):
        covered = draw(words.filter(bool))
        start = len(text)
        text += covered
        for entity in draw(st.lists(names, min_size=1, max_size=2, unique=True)):
            value = draw(st.one_of(st.just(covered), values))
            role = draw(st.one_of(st.none(), names))
            annotations.append(Annotation(entity, start, start + len(covered), value, role))
        text += draw(words)
    return text, annotations


@settings(max_examples=200)
@given(annotated())
def test_what_is_written_is_read_back(sentence: tuple[str, list[Annotation]]) -> None:
    text, annotations = sentence
    try:
        marked = write_markup(text, annotations)
    except AnnotationError:
        assume(False)
    assert parse_markup(marked) == (text, tuple(annotations))


@settings(max_examples=200)
@given(st.text('头疼[](){}:"entiy, ', max_size=30))
def test_any_text_is_read_or_refused_and_spans_stay_inside(marked: str) -> None:
    try:
        text, annotations = parse_markup(marked)
    except AnnotationError:
        return
    assert all(0 <= one.start < one.end <= len(text) for one in annotations)
