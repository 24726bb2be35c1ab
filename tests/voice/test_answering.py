"""Who answers: a person or a machine."""

import pytest

from voice.answering import Answerer, announcements, judge


@pytest.mark.parametrize("text", ["喂", "喂，你好", "哪位", "", "他不在家", "你好，请问是谁"])
def test_a_person(text: str) -> None:
    assert judge(text, 1.0) is Answerer.PERSON


@pytest.mark.parametrize(
    "text",
    ["您好，您拨打的电话已关机，请稍后再拨", "对不起 您 拨打的 号码 是空号", "请在提示音后留言"],
)
def test_a_machine(text: str) -> None:
    assert judge(text, 1.0) is Answerer.MACHINE


def test_an_opening_that_goes_on_and_on_is_a_machine() -> None:
    assert judge("欢迎致电", 8.0) is Answerer.MACHINE


def test_the_phrases_are_long_enough_to_be_unmistakable() -> None:
    assert announcements() and all(len(phrase) >= 3 for phrase in announcements())
