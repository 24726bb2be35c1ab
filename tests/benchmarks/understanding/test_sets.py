from pathlib import Path

import pytest

from assistant.understanding.data.examples import Annotation, Example
from benchmarks.understanding.sets import (
    MissingSet,
    read_bioes,
    read_json_lines,
    read_smp,
    trimmed,
    without_overlaps,
)


def spans(example: Example) -> list[tuple[str, str]]:
    return [(one.entity, example.text[one.start : one.end]) for one in example.annotations]


def test_json_lines_lose_their_control_characters_only(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    file.write_text('{"text": "头晕\\u001a怎么办", "intent": "治疗方案"}\n\n', encoding="utf-8")
    assert read_json_lines(file) == [Example("头晕 怎么办", "治疗方案")]


def test_smp_ends_are_inclusive_and_of_overlapping_entities_the_longest_stays(tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text(
        '[{"text": "上海飞往北京", "intent": "QUERY", "entities": ['
        '{"type": "to", "start_idx": 4, "end_idx": 5}, {"type": "from", "start_idx": 0, "end_idx": 1},'
        '{"type": "part", "start_idx": 1, "end_idx": 1}]}]',
        encoding="utf-8",
    )
    (example,) = read_smp(file)
    assert spans(example) == [("from", "上海"), ("to", "北京")]


def test_bioes_marks_become_spans(tmp_path: Path) -> None:
    sentences, intents = tmp_path / "s", tmp_path / "i"
    sentences.write_text(
        "听 O\n吴 B-singer\n雨 I-singer\n霏 E-singer\n的 O\n歌 S-kind\n\n  O\n好 O\n", encoding="utf-8"
    )
    intents.write_text("Play\nChat\n", encoding="utf-8")
    first, second = read_bioes(sentences, intents)
    assert first.text == "听吴雨霏的歌"
    assert spans(first) == [("singer", "吴雨霏"), ("kind", "歌")]
    assert second == Example(" 好", "Chat")


def test_as_many_intents_as_utterances(tmp_path: Path) -> None:
    sentences, intents = tmp_path / "s", tmp_path / "i"
    sentences.write_text("听 O\n", encoding="utf-8")
    intents.write_text("Play\nChat\n", encoding="utf-8")
    with pytest.raises(ValueError, match="1 utterances but 2 intents"):
        read_bioes(sentences, intents)


def test_trimming_moves_the_annotations() -> None:
    (example,) = trimmed([Example("  头晕 ", "x", (Annotation("symptom", 2, 5, "头晕"),))])
    assert example.text == "头晕"
    assert (example.annotations[0].start, example.annotations[0].end) == (0, 2)


def test_of_two_equally_long_overlapping_spans_the_first_stays() -> None:
    first, second = Annotation("a", 0, 2, ""), Annotation("b", 1, 3, "")
    assert without_overlaps([second, first]) == (first,)


def test_a_missing_set_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(MissingSet, match=r"none\.jsonl is not there; say with --data"):
        read_json_lines(tmp_path / "none.jsonl")
