"""How complete the words heard so far are, as an answer to what was asked."""

from enum import IntEnum
from typing import Final

from pydantic import JsonValue

from assistant.dialogue.meaning import Act, Meaning, Value, ValueKind
from assistant.dialogue.waits import Wait

HANGING: Final = tuple(
    (
        "嗯 啊 那个 这个 就是 我想想 等一下 好像 大概 差不多 应该 有时候 然后 还有 不过 但是 因为 一般 "
        "高压 低压 收缩压 舒张压 上压 下压 心率 心跳 脉搏 血压 体重 是 和 比 点 早上 晚上 我 他 她"
    ).split()
)
"""Endings after which more is coming."""

_DECISIVE: Final = frozenset(
    {
        Act.STOP_CALLING,
        Act.REPEAT_PLEASE,
        Act.WRONG_PERSON,
        Act.UNKNOWN,
        Act.REFUSE,
        Act.HANDOFF,
        Act.EMERGENCY,
    }
)


_PROPOSED: Final = frozenset({ValueKind.DATE, ValueKind.TIME, ValueKind.FREE_TEXT})
"""Kinds that are often proposed, so that a bare yes is the answer."""


class Completeness(IntEnum):
    """In rising order of how soon silence may end the turn."""

    NOTHING = 0
    """No words yet."""
    HANGING = 1
    """Words that announce more: a filler, 高压 without its number, one half of a blood pressure."""
    FRAGMENT = 2
    """Words that are no answer yet."""
    COMPLETE = 3
    """The answer, or something else that is whole: a refusal, a plea to repeat."""


def completeness(text: str, meaning: Meaning, wait: Wait | None) -> Completeness:
    """Judges the partial `text`, understood as `meaning`, against `wait` (None: the opening of a call)."""
    if not text:
        return Completeness.NOTHING
    if wait is None:
        return Completeness.FRAGMENT
    if meaning.act in _DECISIVE:
        return Completeness.COMPLETE
    if wait.reading_back:
        return _of_read_back(meaning)
    if wait.expects in _PROPOSED and meaning.intent.name in ("affirm", "deny"):
        return Completeness.COMPLETE
    answers = [value for value in meaning.values if value.kind is wait.expects]
    if wait.expects is not ValueKind.FREE_TEXT and any(_whole(value) for value in answers):
        return Completeness.COMPLETE
    if (answers and wait.expects is not ValueKind.FREE_TEXT) or _hanging(text, wait):
        return Completeness.HANGING
    return Completeness.FRAGMENT


def _of_read_back(meaning: Meaning) -> Completeness:
    """A yes is whole; a no is mostly followed by what is right, and is whole with it."""
    verdicts = [value.value for value in meaning.values if value.kind is ValueKind.YES_NO]
    others = [value for value in meaning.values if value.kind is not ValueKind.YES_NO]
    if others:
        return Completeness.COMPLETE if all(_whole(value) for value in others) else Completeness.HANGING
    return Completeness.COMPLETE if True in verdicts else Completeness.FRAGMENT


def _hanging(text: str, wait: Wait) -> bool:
    if text in ("是", "嗯", "一般") and wait.expects in (
        ValueKind.YES_NO,
        ValueKind.CHOICE,
        ValueKind.IDENTITY,
    ):
        return False
    return text.endswith(HANGING)


def _whole(value: Value) -> bool:
    return not value.needs_confirmation and not _has_hole(value.value)


def _has_hole(value: JsonValue) -> bool:
    """Whether a value, or a part of it that is asked for, is still missing: 高压一百五 has no lower half."""
    if value is None:
        return True
    if isinstance(value, dict) and {"systolic", "diastolic"} <= value.keys():
        return value["systolic"] is None or value["diastolic"] is None
    return False
