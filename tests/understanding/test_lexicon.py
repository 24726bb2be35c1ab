"""The word lists: what is shipped is sound, and a faulty file says what is wrong and where."""

import pytest

from assistant.understanding import Lexicon, LexiconError
from assistant.understanding.lexicon import FILES
from tests.understanding.conftest import CONTENT, shipped_lexicon

SOURCE = "sources: {s: {document: d}}"
B1_TERMS = "头痛 头晕 恶心 呕吐 眼花 耳鸣 呼吸困难 心悸 胸闷 鼻衄 四肢发麻 下肢水肿 胸痛 咳嗽 发热".split()


def _shipped() -> dict[str, str]:
    return {path: (CONTENT / path).read_text(encoding="utf-8") for path in FILES}


def test_the_follow_up_form_s_symptoms_are_all_known() -> None:
    assert set(B1_TERMS) <= shipped_lexicon().terms
    assert len(shipped_lexicon().terms) >= 80


@pytest.mark.parametrize("term", sorted(shipped_lexicon().terms))
def test_every_standard_term_is_found_by_its_own_name(term: str) -> None:
    assert term in [found.term for found in shipped_lexicon().symptoms.find(term)]


def test_a_brand_name_is_the_medicine_it_stands_for() -> None:
    assert [found.term for found in shipped_lexicon().medicines.find("拜新同和二甲双胍")] == [
        "硝苯地平",
        "二甲双胍",
    ]


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("nlu/symptoms.yml", None, "nlu/symptoms.yml: the file is missing"),
        ("nlu/symptoms.yml", "symptoms: [", "nlu/symptoms.yml: not YAML"),
        ("nlu/symptoms.yml", "symptoms: []", "needs a non-empty list `symptoms`"),
        (
            "nlu/symptoms.yml",
            "symptoms: [{term: 头痛}]",
            "entry 1 of `symptoms` needs `term` and a list `words`",
        ),
        ("nlu/medicines.yml", "medicines: [{name: 甲, words: ['(甲']}]", "no valid pattern"),
        ("nlu/red_flags.yml", "- a", "must be a mapping"),
        ("domain/intents.yml", "intents: [{affirm: {act: yes}}]", "must be `intent: {act: ...}`"),
        ("nlu/red_flags.yml", "{signs: {a: ['(']}, rules: []}", "sign `a` is no list of valid patterns"),
        ("nlu/red_flags.yml", "{signs: {}, rules: [{rule: x, title: y}]}", "needs rule, title, any"),
        (
            "nlu/red_flags.yml",
            f"{{{SOURCE}, signs: {{}}, rules: [{{rule: x, source: s, title: y, any: [[z]]}}]}}",
            "names unknown signs ['z']",
        ),
        (
            "nlu/red_flags.yml",
            "{signs: {a: [b]}, rules: [{rule: x, title: y, any: [[a]]}]}",
            "rule `x` needs a source that is named under `sources`",
        ),
        (
            "nlu/red_flags.yml",
            f"{{{SOURCE}, signs: {{a: [b]}}, "
            "rules: [{rule: x, source: s, title: y, any: [[a]], within: ever}]}",
            "within must be now or three_days",
        ),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(path: str, text: str | None, message: str) -> None:
    files = _shipped()
    if text is None:
        del files[path]
    else:
        files[path] = text
    with pytest.raises(LexiconError) as error:
        Lexicon.parse(files)
    assert message in str(error.value)


def test_every_danger_rule_says_where_it_comes_from() -> None:
    assert all(rule.source and rule.title for rule in shipped_lexicon().red_flags.rules)
