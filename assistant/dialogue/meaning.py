"""What an utterance means: the act, the values in it and the danger signs, as the engine reads them.

Understanding is computed outside the engine and handed in; these are the words both sides share.
"""

from enum import StrEnum

from pydantic import JsonValue

from assistant.dialogue.frozen import Frozen


class Act(StrEnum):
    """What the speaker does with the utterance, in answer to what was asked."""

    ANSWER = "answer"
    CORRECTION = "correction"
    """Alters what was said in an earlier utterance."""
    UNKNOWN = "unknown"
    """Has no value to give: did not measure, cannot remember."""
    NOT_NOW = "not_now"
    """Busy; the time to ring back is among the values when it was said."""
    STOP_CALLING = "stop_calling"
    """Never again, however politely said."""
    REFUSE = "refuse"
    """Declines this question or offer only."""
    REPEAT_PLEASE = "repeat_please"
    WRONG_PERSON = "wrong_person"
    QUESTION_BACK = "question_back"
    HANDOFF = "handoff"
    """Asks for a human being."""
    OFF_TOPIC = "off_topic"
    EMERGENCY = "emergency"
    """A danger sign, now, in the patient or a real person with the speaker. Outranks every other act."""


class ValueKind(StrEnum):
    """The kinds of value that the parsers give and that a wait can expect."""

    BLOOD_PRESSURE = "blood_pressure"
    GLUCOSE = "glucose"
    HEART_RATE = "heart_rate"
    WEIGHT = "weight"
    YES_NO = "yes_no"
    CHOICE = "choice"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    SYMPTOMS = "symptoms"
    MEDICATION_ADHERENCE = "medication_adherence"
    QUANTITY_PER_DAY = "quantity_per_day"
    FREQUENCY = "frequency"
    IDENTITY = "identity"
    QUANTITY = "quantity"
    FREE_TEXT = "free_text"


class Value(Frozen):
    """One fact found in the utterance.

    `value` has the shape that its kind prescribes; it is None when only `needs_confirmation` is known.
    `span` is [start, end) in code points of the utterance as it was given.
    """

    kind: ValueKind
    value: JsonValue = None
    approx: bool = False
    lunar: bool = False
    needs_confirmation: bool = False
    span: tuple[int, int] = (0, 0)


class RedFlag(Frozen):
    """A danger sign that a rule found, whose it is, and the words that gave it away."""

    rule: str
    """Identifier of the rule that fired."""
    subject: str
    """`patient`, or who else: `spouse`, `child`, `other`."""
    text: str
    span: tuple[int, int]


class Entity(Frozen):
    """A named thing in the utterance, in Rasa's shape."""

    entity: str
    value: JsonValue
    start: int
    end: int
    confidence: float = 1.0
    extractor: str = "grammar"


class IntentScore(Frozen):
    """An intent and the confidence in it, 0 to 1."""

    name: str
    confidence: float


class Meaning(Frozen):
    """What one utterance means.

    `intent` is finer than `act`: it tells apart what the patterns answer differently
    (`suspect_fraud` and `ask_who_is_calling` are both `question_back`).
    """

    text: str
    act: Act
    intent: IntentScore
    intent_ranking: tuple[IntentScore, ...] = ()
    values: tuple[Value, ...] = ()
    entities: tuple[Entity, ...] = ()
    red_flags: tuple[RedFlag, ...] = ()

    @property
    def emergency(self) -> bool:
        """Whether a danger sign is reported; the same as `act == emergency`."""
        return self.act is Act.EMERGENCY
