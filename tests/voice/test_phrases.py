"""A message is cut where a speaker would breathe, and nothing of it is lost."""

from hypothesis import given
from hypothesis import strategies as st

from voice.phrases import phrases


def texts(message: str) -> list[str]:
    return [phrase.text for phrase in phrases(message)]


def test_cuts_after_punctuation() -> None:
    assert texts("您好，我是智能语音助手。请问您是王秀英本人吗？") == [
        "您好，我是智能语音助手。",
        "请问您是王秀英本人吗？",
    ]


def test_a_short_sentence_stands_alone_and_a_short_clause_does_not() -> None:
    assert texts("好的。低压是多少呢？") == ["好的。", "低压是多少呢？"]
    assert texts("好，低压是多少呢？") == ["好，低压是多少呢？"]


def test_a_message_without_punctuation_is_one_phrase() -> None:
    assert texts("您好") == ["您好"]
    assert texts("") == []


@given(st.text(alphabet="好的低压是多少，。？！；：”\n 12", max_size=60))
def test_nothing_is_lost_and_ends_are_true(message: str) -> None:
    cut = phrases(message)
    assert "".join(phrase.text for phrase in cut) == message
    position = 0
    for phrase in cut:
        position += len(phrase.text)
        assert phrase.end == position
