"""docs/flows.md shows every key of the flow language in examples that load."""

import re

from assistant.content import load
from assistant.content.domain_reader import METADATA_KEYS, SETTINGS, SLOT_KEYS, VARIATION_KEYS
from assistant.content.flow_reader import FLOW_KEYS, STEP_KEYS, TRIGGER_KEYS
from assistant.conversations.rehearsal import ConversationTest, ExpectedEnd, ScriptedTurn, read_tests
from assistant.dialogue.content import Part
from tests.content.flows_page import PAGE, example_files


def test_examples_load() -> None:
    files = {name: text for name, text in example_files().items() if not name.startswith("tests/")}
    content = load(files)
    assert set(content.flows) >= {"visit", "goodbye", "pattern_emergency"}
    assert content.patterns[0].name == "pattern_emergency"


def test_example_conversation_test_is_read() -> None:
    tests = read_tests({"tests/visit.yml": example_files()["tests/visit.yml"]})
    assert [test.flow for test in tests.values()] == ["visit"]


def test_every_key_has_an_example() -> None:
    page = PAGE.read_text(encoding="utf-8")
    shown = set(re.findall(r"([a-z_]+):", "\n".join(example_files().values())))
    steps = {*STEP_KEYS, *(key for keys in STEP_KEYS.values() for key in keys)}
    keys = {*FLOW_KEYS, *TRIGGER_KEYS, *steps, *VARIATION_KEYS, *METADATA_KEYS, *SLOT_KEYS, *SETTINGS}
    keys |= {
        *Part.model_fields,
        *ConversationTest.model_fields,
        *ScriptedTurn.model_fields,
        *ExpectedEnd.model_fields,
    }
    missing = sorted(key for key in keys if key not in shown and f"`{key}`" not in page)
    assert not missing, f"docs/flows.md has no example of {', '.join(missing)}"
