"""Links are rewritten wherever they stand, and nothing else is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.records.references import (
    LINK_ELEMENTS,
    Target,
    base_and_relative,
    local_target,
    references,
    rewrite,
)

TARGETS = {"urn:uuid:1": "Patient/p", "urn:uuid:2": "Task/t"}


@pytest.mark.parametrize("element", sorted(LINK_ELEMENTS))
def test_every_kind_of_link(element: str) -> None:
    assert rewrite({"a": [{element: "urn:uuid:1"}]}, TARGETS) == {"a": [{element: "Patient/p"}]}


@pytest.mark.parametrize(
    "element", ["value", "valueString", "display", "description", "system", "text", "id"]
)
def test_text_is_not_a_link(element: str) -> None:
    assert rewrite({element: "urn:uuid:1"}, TARGETS) == {element: "urn:uuid:1"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("urn:uuid:1#part", "Patient/p#part"),
        ("urn:uuid:1|2.0", "Patient/p|2.0"),
        ("urn:uuid:11", "urn:uuid:11"),
        ("see urn:uuid:1", "see urn:uuid:1"),
        ("#urn:uuid:1", "#urn:uuid:1"),
        ("Patient/x", "Patient/x"),
    ],
)
def test_only_whole_links(before: str, after: str) -> None:
    assert rewrite({"reference": before}, TARGETS) == {"reference": after}


def test_links_of_the_narrative() -> None:
    div = (
        """<div><a href="urn:uuid:1">urn:uuid:1</a><img src = 'urn:uuid:2'/><a href="http://x">x</a></div>"""
    )
    assert rewrite({"text": {"div": div}}, TARGETS)["text"]["div"] == (
        """<div><a href="Patient/p">urn:uuid:1</a><img src = 'Task/t'/><a href="http://x">x</a></div>"""
    )


def test_the_original_is_left_alone() -> None:
    resource = {"a": {"reference": "urn:uuid:1"}}
    rewrite(resource, TARGETS)
    assert resource == {"a": {"reference": "urn:uuid:1"}}


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Patient/resident-1", Target("Patient", "resident-1")),
        ("Patient/resident-1/_history/3", Target("Patient", "resident-1")),
        ("Basic/1", None),
        ("Patient/", None),
        ("Patient/a b", None),
        ("#p", None),
        ("urn:uuid:1", None),
        ("http://host/fhir/Patient/1", None),
        ("Patient?identifier=a|b", None),
    ],
)
def test_local_targets(text: str, target: Target | None) -> None:
    assert local_target(text) == target


def test_bases() -> None:
    assert base_and_relative("http://host/fhir/Patient/1") == ("http://host/fhir", "Patient/1")
    assert base_and_relative("urn:uuid:1") is None


names = st.sampled_from([*sorted(LINK_ELEMENTS), "value", "display", "extension", "contained", "item"])
links = st.sampled_from([*TARGETS, "Patient/x", "#p", "http://x/1"])
documents = st.recursive(
    links | st.text(max_size=5) | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=25,
)


@given(documents)
def test_rewriting_any_document(document: Any) -> None:
    once = rewrite(document, TARGETS)
    assert rewrite(once, TARGETS) == once, "rewriting is done in one go"
    assert rewrite(once, {}) is once
    assert not {link for _, link in references(once, "R")} & TARGETS.keys()
    back = rewrite(document, {link: link for link in TARGETS})
    assert json.dumps(back) == json.dumps(document), "shape, order and everything else stay"


@given(documents)
def test_references_are_found_with_their_path(document: Any) -> None:
    for path, reference in references(document, "R"):
        value = document
        for step in path.removeprefix("R").replace("[", ".[").split(".")[1:]:
            value = value[int(step[1:-1])] if step.startswith("[") else value[step]
        assert value == reference
