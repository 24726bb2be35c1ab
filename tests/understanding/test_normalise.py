"""The form for matching, and the way back to the text as it was given."""

import pytest

from assistant.understanding.normalise import normalise


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("一 百 四", "一百四"),
        ("１４０／９０", "140/90"),
        ("140 90", "140 90"),
        ("血壓１４０", "血压140"),
        ("高呀一百四", "高压一百四"),
        ("血压高呀", "血压高呀"),
        ("空服七点八", "空腹七点八"),
        ("壹佰", "一百"),
        ("体温３８℃", "体温38°c"),
        ("好的。。。", "好的"),
        ("", ""),
    ],
)
def test_form(given: str, text: str) -> None:
    assert normalise(given).text == text


def test_spans_point_into_the_text_as_given() -> None:
    given = "高 亚 是 一百 四，低压９０"
    form = normalise(given)
    start = form.text.index("一百四")
    assert form.given_words(start, start + 3) == "一百 四"
    start = form.text.index("90")
    assert form.given_words(start, start + 2) == "９０"


def test_a_character_that_unfolds_keeps_one_place() -> None:
    form = normalise("38℃吧")
    start = form.text.index("°c")
    assert form.given_words(start, start + 2) == "℃"
