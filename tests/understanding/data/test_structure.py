"""What counts as the same pattern."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from assistant.understanding.data.annotations import parse_markup
from assistant.understanding.data.examples import Example
from assistant.understanding.data.structure import structure

CASES = YAML(typ="safe", pure=True).load(Path(__file__).with_name("structures.yml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["example"])
def test_structure(case: dict[str, str]) -> None:
    text, annotations = parse_markup(case["example"])
    assert structure(Example(text, "any", annotations)) == case["structure"]


@given(st.text("嗯那个的了一三百2 。好头疼", min_size=1).filter(str.strip))
def test_it_is_never_empty_and_punctuation_changes_nothing(text: str) -> None:
    found = structure(Example(text, "any"))
    assert found
    assert structure(Example(f"{text}。", "any")) == found or not text.strip("嗯那个的了 。")
