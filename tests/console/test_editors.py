"""What a doctor enters becomes a value of the item's kind, or is refused in words that help."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from assistant.care.form import Form
from assistant.care.form_item import FormItem
from assistant.console.editors import EntryRefused, editor, entered, refill
from assistant.console.value_words import in_words

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


FORM = Form.parse(read(ROOT / "nlu_data/forms/followup_hypertension.yml"), "followup_hypertension.yml")


def item(slot: str) -> FormItem:
    found = FORM.item(slot)
    assert found is not None
    return found


def sent(fields: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in fields.items()}


@pytest.mark.parametrize(
    "case", read(HERE / "entries.yml"), ids=lambda case: f"{case['slot']} {case['enter']}"
)
def test_entry(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(EntryRefused) as refusal:
            entered(item(case["slot"]), sent(case["enter"]), None)
        assert str(refusal.value) == case["refused"]
    else:
        assert entered(item(case["slot"]), sent(case["enter"]), None) == case["value"]


@pytest.mark.parametrize("case", read(HERE / "words.yml"), ids=lambda case: f"{case['slot']} {case['value']}")
def test_words(case: dict[str, Any]) -> None:
    assert in_words(item(case["slot"]), case["value"]) == case["words"]


@pytest.mark.parametrize(
    "case", [c for c in read(HERE / "entries.yml") if "value" in c], ids=lambda c: c["slot"]
)
def test_saving_an_editor_unchanged_keeps_the_value(case: dict[str, Any]) -> None:
    shown = editor(item(case["slot"]), case["value"])
    form = {i.name: list(i.values) if i.kind == "checks" else [i.value] for i in shown}
    assert entered(item(case["slot"]), form, case["value"]) == case["value"]


def test_what_a_symptom_editor_does_not_show_is_kept() -> None:
    before = {"present": ["头晕"], "absent": ["胸闷", "心慌"], "unsure": ["耳鸣"]}
    now = entered(item("symptoms"), {"present": ["头晕", "胸闷"]}, before)
    assert now == {"present": ["头晕", "胸闷"], "absent": ["心慌"], "unsure": ["耳鸣"]}


def test_a_refused_entry_is_shown_again_as_it_was_entered() -> None:
    shown = refill(editor(item("blood_pressure"), {"systolic": 152, "diastolic": 94}), {"systolic": ["1522"]})
    assert [(i.name, i.value) for i in shown] == [("systolic", "1522"), ("diastolic", "")]


def test_a_range_cannot_be_put_into_a_number_input_and_leaves_it_empty() -> None:
    shown = editor(item("blood_pressure"), {"systolic": {"from": 140, "to": 149}, "diastolic": 90})
    assert [i.value for i in shown] == ["", "90"]


@given(slot=st.sampled_from([i.slot for i in FORM.items]), text=st.text(max_size=40))
def test_no_entry_breaks_an_editor(slot: str, text: str) -> None:
    form = {
        name: [text]
        for name in ("value", "systolic", "diastolic", "bpm", "kg", "times", "per", "minutes", "present")
    }
    try:
        value = entered(item(slot), form, None)
    except EntryRefused:
        return
    assert isinstance(in_words(item(slot), value), str)
