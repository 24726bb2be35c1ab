"""Which questions the hypertension form leaves out, by what is known: in doubt it asks."""

from typing import Any

import pytest

from assistant.dialogue.conditions import holds
from assistant.dialogue.view import View
from tests.care.visits import hypertension_form

TAKES = {"medications": ["氨氯地平"]}


@pytest.mark.parametrize(
    ("slot", "adherence", "on_file", "asked"),
    [
        ("medications", "规律", {}, True),
        ("medications", "间断", {}, True),
        ("medications", None, {}, True),
        ("medications", "不服药", TAKES, False),
        ("side_effects", "规律", {}, True),
        ("side_effects", None, {}, True),
        ("side_effects", "不服药", TAKES, True),
        ("side_effects", "不服药", {"medications": []}, False),
        ("smoking_per_day", None, {}, True),
        ("smoking_per_day", None, {"smokes": None}, True),
        ("smoking_per_day", None, {"smokes": True}, True),
        ("smoking_per_day", None, {"smokes": False}, False),
    ],
)
def test_asks(slot: str, adherence: str | None, on_file: dict[str, Any], asked: bool) -> None:
    item = hypertension_form().item(slot)
    assert item is not None and item.ask_if is not None
    known = View({"slots": {"medication_adherence": adherence}, "facts": {"on_file": on_file}})
    assert holds(item.ask_if, known) is asked


def test_every_other_question_is_always_asked() -> None:
    conditional = {item.slot for item in hypertension_form().asked if item.ask_if}
    assert conditional == {"medications", "side_effects", "smoking_per_day"}
