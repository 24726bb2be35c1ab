"""What is known while an utterance is understood comes from what is awaited."""

from datetime import date, datetime

from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.slots import Speaker
from assistant.dialogue.waits import Wait
from assistant.understanding import Context

NOW = datetime(2026, 3, 4, 9, 0)


def test_a_wait_gives_its_question_and_kind() -> None:
    wait = Wait(slot="blood_pressure", expects=ValueKind.BLOOD_PRESSURE, question="低压呢？")
    context = Context.of(wait, NOW, "voice", Speaker.CHILD)
    assert (context.expects, context.question, context.slot) == (
        ValueKind.BLOOD_PRESSURE,
        "低压呢？",
        "blood_pressure",
    )
    assert (context.today, context.now, context.channel) == (date(2026, 3, 4), NOW, "voice")
    assert context.speaker is Speaker.CHILD


def test_without_a_wait_nothing_is_expected() -> None:
    context = Context.of(None, NOW, "text")
    assert context.expects is None
    assert context.speaker is Speaker.SELF
