"""An utterance prepared for the value parsers: normalised, with its numbers and what each is about."""

from dataclasses import dataclass
from functools import cached_property

from pydantic import JsonValue

from assistant.dialogue.meaning import Value, ValueKind
from assistant.dialogue.slots import Speaker
from assistant.understanding.context import Context
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.normalise import Normalised, normalise
from assistant.understanding.numbers import Number, scan
from assistant.understanding.scope import Scope, scope_at
from assistant.understanding.subjects import PATIENT, patient_sex, subject_at
from assistant.understanding.topics import Topic, topics


@dataclass(frozen=True)
class Sentence:
    """One utterance. Offsets of everything in it are those of the normalised `text`."""

    normalised: Normalised
    lexicon: Lexicon
    speaker: Speaker = Speaker.SELF
    patient_sex: str = ""

    @property
    def text(self) -> str:
        """The form for matching."""
        return self.normalised.text

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """All numbers, in order."""
        return scan(self.text)

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """What each of `numbers` is about."""
        return topics(self.text, self.numbers)

    def about(self, *wanted: Topic) -> list[Number]:
        """The numbers of these topics that are the patient's own."""
        return [
            number
            for number, topic in zip(self.numbers, self.topics, strict=True)
            if topic in wanted and self.mine(number.core[0])
        ]

    def topic_of_span(self, core: tuple[int, int]) -> Topic:
        """What the number with the numeral at `core` is about, `bare` when there is none."""
        for number, topic in zip(self.numbers, self.topics, strict=True):
            if number.core == core:
                return topic
        return Topic.BARE

    def mine(self, position: int) -> bool:
        """Whether the words at `position` speak of the patient."""
        return subject_at(self.text, position, self.speaker, self.patient_sex) == PATIENT

    def scope(self, start: int, end: int) -> Scope:
        """How the words [start, end) are meant."""
        return scope_at(self.text, start, end)

    def value(
        self,
        kind: ValueKind,
        value: JsonValue,
        span: tuple[int, int],
        approx: bool = False,
        lunar: bool = False,
        confirm: bool = False,
    ) -> Value:
        """A value with its span in the text as given."""
        return Value(
            kind=kind,
            value=value,
            approx=approx,
            lunar=lunar,
            needs_confirmation=confirm,
            span=self.normalised.given_span(*span),
        )


def prepare(text: str, context: Context, lexicon: Lexicon) -> Sentence:
    """The utterance `text` ready for the parsers."""
    return Sentence(normalise(text), lexicon, context.speaker, patient_sex(context.question))
