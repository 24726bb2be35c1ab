"""The shipped personas are sound, and a broken one is reported."""

from pathlib import Path

import pytest

from assistant.dialogue.events import Disposition
from voice.lines.simulated.persona import PersonaError, load, names

FOLDER = Path(__file__).parents[4] / "nlu_data" / "personas"


@pytest.mark.parametrize("name", names(FOLDER))
def test_every_shipped_persona_is_sound(name: str) -> None:
    persona = load(FOLDER, name)
    assert persona.persona == name
    assert persona.expect.disposition in list(Disposition)
    assert persona.answers != "machine" or persona.announcement
    assert set(persona.expect.omit) <= set(persona.facts)
    for acts in persona.script.values():
        assert all(act.say or act.fact or act.keys or act.silent or act.hang_up for act in acts)


def test_the_seed_chooses_her_facts_and_her_words() -> None:
    persona = load(FOLDER, "wang_xiuying")
    assert persona.choose(3) == persona.choose(3)
    pressures = {str(persona.choose(seed)["blood_pressure"].value) for seed in range(20)}
    assert len(pressures) > 2


def test_a_persona_takes_from_another_and_overrides(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "persona: a\ntitle: 甲\nfacts: {salt: {value: 轻, say: [淡]}}\n", encoding="utf-8"
    )
    (tmp_path / "b.yml").write_text(
        "persona: b\ntitle: 乙\nlike: a\nscript: {salt: [{silent: true}]}\n", encoding="utf-8"
    )
    persona = load(tmp_path, "b")
    assert (
        persona.title == "乙" and persona.facts["salt"][0].value == "轻" and persona.script["salt"][0].silent
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("persona: a\ntitle: 甲\nvoise: {}\n", "voise: Extra inputs"),
        ("persona: a\ntitle: 甲\nlike: a\n", "round in a circle"),
        ("persona: a\ntitle: 甲\nlike: c\n", "no persona c; known: a"),
        ("- 甲\n", "a mapping is needed"),
        ("persona: [\n", "a.yml"),
    ],
)
def test_a_broken_persona_is_reported(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "a.yml").write_text(text, encoding="utf-8")
    with pytest.raises(PersonaError, match=complaint):
        load(tmp_path, "a")
