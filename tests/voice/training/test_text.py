"""The text that the recogniser learns from: sentences, numbers, words and their sounds."""

import shutil
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.numerals import cardinal
from voice.training import spoken_numbers
from voice.training.content import lexicons, split, written_lines
from voice.training.corpus import Corpus, foreign_utterances, training_sentences, unseen_utterances, withheld
from voice.training.grammar import Grammar, GrammarError
from voice.training.pronunciation import UNITS, UnknownSyllable, lexicon, units

CONTENT = Path(__file__).parents[3] / "nlu_data"


def grammar(*sentences: str, **phrases: list[str]) -> Grammar:
    return Grammar.parse({"phrases": phrases, "topics": {"all": {"share": 1, "of": list(sentences)}}}, {})


def test_choices_phrases_and_numbers_are_filled_in() -> None:
    made = grammar("[我|他] {verb} [{int:7-7}|] 片", verb=["吃 了"])
    said = {" ".join(made.sentence(Random(seed))) for seed in range(40)}
    assert said == {"我 吃 了 七 片", "他 吃 了 七 片", "我 吃 了 片", "他 吃 了 片"}


def test_pauses_at_the_ends_are_dropped_and_no_sentence_is_empty() -> None:
    made = grammar(", [好|] ,")
    assert {tuple(made.sentence(Random(seed))) for seed in range(20)} == {("好",)}


@pytest.mark.parametrize("wrong", ["{nothing}", "[a|b", "{int:x-y}", "{digits:}"])
def test_a_mistake_in_the_sentences_is_named(wrong: str) -> None:
    with pytest.raises(GrammarError, match="topic all"):
        grammar(wrong)


@given(st.integers(0, 99_999), st.integers(0, 1000))
def test_every_way_to_say_a_number_is_made_of_known_numerals(value: int, seed: int) -> None:
    said = spoken_numbers.integer(value, Random(seed))
    assert set(said) <= set("零一二三四五六七八九十百千万幺两")


def test_a_number_is_said_in_several_ways() -> None:
    said = {spoken_numbers.integer(140, Random(seed)) for seed in range(60)}
    assert {"一百四十", "一百四", "一四零", "幺四零"} <= said
    assert cardinal(105) in {spoken_numbers.integer(105, Random(seed)) for seed in range(20)}


@pytest.mark.parametrize(
    ("pinyin", "sounds"),
    [
        ("xue4", "x ve"), ("ya1", "ia"), ("zhi1", "zh iii"), ("si4", "s ii"), ("ji3", "j i"),
        ("yuan2", "van"), ("lv4", "l v"), ("wei4", "ui"), ("you3", "iu"), ("er4", "er"), ("jun1", "j vn"),
        ("wen4", "un"), ("weng1", "ong"), ("yi1", "i"), ("wu3", "u"), ("yu2", "v"), ("zhuang1", "zh uang"),
    ],
)  # fmt: skip
def test_a_syllable_is_its_sounds(pinyin: str, sounds: str) -> None:
    assert units(pinyin) == sounds.split()


def test_what_is_no_syllable_is_named_with_its_word() -> None:
    with pytest.raises(UnknownSyllable, match="kk"):
        units("kk")
    with pytest.raises(UnknownSyllable, match=r"pronunciations\.yml"):
        lexicon(["abc"])


def test_a_written_line_is_split_into_the_longest_known_words() -> None:
    known = {"高压", "一", "百", "四", "十", "五", "我", "不抽烟", "不", "的"}
    assert split("高压145，我不抽烟。", known) == ("高压", "一", "百", "四", "十", "五", ",", "我", "不抽烟")
    assert split("她的", known) == ("他", "的")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus.read(CONTENT)


def test_every_line_of_the_content_is_inside_the_vocabulary(corpus: Corpus) -> None:
    assert len(corpus.lines) > 50
    assert {word for line in corpus.lines for word in line} - {","} <= corpus.vocabulary
    for line in written_lines(CONTENT):
        assert set(split(line, corpus.vocabulary)) - {","} <= corpus.vocabulary


def test_every_word_has_a_pronunciation(corpus: Corpus) -> None:
    assert all(sounds and set(sounds) <= set(UNITS) for sounds in corpus.lexicon.values())
    assert all(1 <= number <= len(UNITS) for numbers in corpus.unit_numbers.values() for number in numbers)


@pytest.mark.parametrize(
    "word",
    "高压 低压 幺 俩 多 左右 毫米汞柱 脉搏 公斤 戒 白酒 广场舞 太极拳 清淡 咸 睡不着 天天 停药 氨氯地平 片 "
    "粒 毫克 头晕 耳鸣 胸闷 都没有 救命 出冷汗 说不出话 嘴歪 没错 本人 老伴 打错了 说错了 不记得 没空 人工 "
    "再说一遍 没听清 骗子 机器人 喂 再见 下周 上午".split(),
)
def test_the_words_of_the_follow_up_call_are_known(corpus: Corpus, word: str) -> None:
    assert set(split(word, corpus.vocabulary)) <= corpus.vocabulary


def test_sentences_kept_for_testing_are_never_trained_on(corpus: Corpus) -> None:
    counts = corpus.counted(500, 1)
    trained = {tuple(s) for s in training_sentences(corpus, counts, 200, 2)}
    assert not any(withheld(sentence, counts) for sentence in trained)
    assert len(unseen_utterances(corpus, counts, 10, 3)) == 10


def test_the_same_seed_gives_the_same_sentences(corpus: Corpus) -> None:
    assert corpus.counted(50, 7) == corpus.counted(50, 7) != corpus.counted(50, 8)


def test_a_common_phrase_is_never_withheld() -> None:
    sentences = [(word,) for word in "abcdefghijklmnopqrstuvwxyz"]
    rare, common = Counter(sentences), Counter(sentences * 3)
    assert any(withheld(sentence, rare) for sentence in sentences)
    assert not any(withheld(sentence, common) for sentence in sentences)


def test_foreign_sentences_are_about_other_things(corpus: Corpus) -> None:
    foreign = foreign_utterances()
    assert len(foreign) >= 30
    known = set("".join(corpus.vocabulary))
    assert all(set(utterance.text) - known for utterance in foreign)


def test_a_term_that_the_lexicon_has_not_is_named(tmp_path: Path) -> None:
    shutil.copytree(CONTENT / "nlu", tmp_path / "nlu")
    with pytest.raises(GrammarError, match="头痒"):
        lexicons(tmp_path, {"symptoms": ["头痒"], "medicines": []})
