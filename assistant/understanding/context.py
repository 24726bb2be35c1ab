"""What the listener knows while an utterance is understood: what was asked, of whom, on which day."""

import re
from datetime import date, datetime
from typing import Self

from assistant.dialogue.frozen import Frozen
from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.slots import Speaker
from assistant.dialogue.waits import Option, Wait

_OFTEN_OFFERED = (ValueKind.DATE, ValueKind.TIME, ValueKind.FREE_TEXT)
"""Kinds whose question often names the value already and asks whether it will do."""


_NUMBERED = re.compile(r"[按选第][一二三四五1-5]|[1-5][ 、.：:]")


class Context(Frozen):
    """The situation in which an utterance is heard.

    `expects` is the kind asked for, None when nothing particular was. `question` is the question as it
    was put: it settles what 都没有 denies, whether 九十 is a diastolic half and what 对 agrees to.
    `now` fixes relative dates and times; `today` is its date.
    `reading_back` says that a yes or no to a repeated value is awaited; `value_kind` is then the kind of
    that value, so that a bare number in the reply is read as it.
    `speaker` is who talks, seen from the patient: for a daughter, 我妈 is the patient.
    """

    expects: ValueKind | None = None
    question: str = ""
    options: tuple[Option, ...] = ()
    today: date
    now: datetime | None = None
    channel: str = "text"
    reading_back: bool = False
    value_kind: ValueKind | None = None
    slot: str | None = None
    speaker: Speaker = Speaker.SELF

    @property
    def asks_yes_no(self) -> bool:
        """Whether a bare yes or no is an answer: 下次安排在周二，可以吗 awaits a date, or a yes."""
        if self.expects is ValueKind.YES_NO or self.reading_back:
            return True
        return self.expects in _OFTEN_OFFERED and self.question.rstrip("？?。 ").endswith("吗")

    @property
    def offers_numbers(self) -> bool:
        """Whether a bare number may pick an option: it was offered, or typed, not one misheard syllable."""
        return self.channel != "voice" or bool(_NUMBERED.search(self.question))

    @classmethod
    def of(
        cls, wait: Wait | None, now: datetime, channel: str, speaker: Speaker | None = Speaker.SELF
    ) -> Self:
        """The context of an utterance that answers `wait` (None: nothing was asked) at local time `now`."""
        speaker = speaker or Speaker.SELF
        if wait is None:
            return cls(today=now.date(), now=now, channel=channel, speaker=speaker)
        return cls(
            expects=wait.expects,
            question=wait.question,
            options=wait.options,
            today=now.date(),
            now=now,
            channel=channel,
            reading_back=wait.reading_back,
            value_kind=wait.value_kind,
            slot=wait.slot,
            speaker=speaker,
        )
