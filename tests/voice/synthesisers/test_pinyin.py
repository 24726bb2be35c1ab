"""espeak-ng is given pinyin with the readings that people use."""

import pytest

from voice.synthesisers.pinyin import spoken, syllables


@pytest.mark.parametrize(
    ("text", "pinyin"),
    [
        ("血压正常吗？", "xue4 ya1 zheng4 chang2 ma5 ?"),
        ("没听清，请重复", "mei2 ting1 qing1 , qing3 chong2 fu4"),
        ("睡不着，流鼻血", "shui4 bu4 zhao2 , liu2 bi2 xie3"),
        ("氨氯地平", "an1 lv4 di4 ping2"),
        ("女儿", "nv3 er2"),
        ("量血压", "liang2 xue4 ya1"),
        ("做CT", "zuo4 sei1 ti4"),
        ("幺二零", "yao1 er4 ling2"),
    ],
)
def test_a_sentence_as_pinyin(text: str, pinyin: str) -> None:
    assert spoken(text) == pinyin


def test_a_word_of_the_table_is_read_as_written_there() -> None:
    assert syllables("B超") == ["bi1", "chao1"]
