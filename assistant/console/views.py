"""What the pages show: plain, typed, already in words. Templates are given these and nothing else."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Tone = Literal["emergency", "urgent", "review", "good", "plain"]
"""How strongly something asks for attention; the style sheet has one colour for each."""


@dataclass(frozen=True, slots=True)
class Person:
    """A resident as named in a list: 王桂芳，72岁，女."""

    id: str | None
    name: str
    age: int | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert, from raised to acknowledged."""

    id: str
    level: str
    level_name: str
    tone: Tone
    reason: str
    raised_at: datetime
    waited: str
    overdue: bool = False
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    pressing: bool = True
    """Whether it wants more than the review that a signature is."""

    @property
    def open(self) -> bool:
        """Whether it still wants somebody to acknowledge it."""
        return self.acknowledged_at is None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the worklist. `href` is None where there is no visit to open."""

    key: str
    href: str | None
    person: Person
    title: str
    at: datetime | None
    classification: str | None = None
    tone: Tone = "plain"
    disposition: str | None = None
    reason: str = ""
    due: str | None = None
    alert: AlertView | None = None
    signed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the worklist with its heading and what is said when it is empty.

    `more` counts the entries beyond those listed, `more_note` says what they are.
    """

    key: Literal["alerts", "unsigned", "promised", "signed"]
    title: str
    empty: str
    rows: tuple[Row, ...] = ()
    more: int = 0
    more_note: str = ""


@dataclass(frozen=True, slots=True)
class Worklist:
    """The first page: alerts, then what is to be signed, then what was promised."""

    scope: Literal["today", "all"]
    day: date
    sections: tuple[Section, ...]
    notice: str | None = None
    """Which kind of speech model listens, when that is something to be careful about."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the transcript. `start` is in seconds from the beginning of the recording."""

    number: int
    role: Literal["assistant", "resident", "staff"]
    speaker: str
    text: str
    turn: int
    start: float | None = None
    clock: str | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """One input of an editor. `kind` is number, text, select, textarea or checks (several of `choices`)."""

    name: str
    label: str
    kind: Literal["number", "text", "date", "select", "textarea", "checks"]
    value: str = ""
    values: tuple[str, ...] = ()
    unit: str = ""
    low: float | None = None
    high: float | None = None
    step: str = "any"
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier state of a field: what it said, until when, and who changed it why."""

    text: str
    status: str
    by: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of the form beside the sentence that it came from."""

    slot: str
    label: str
    text: str
    """The value in words; empty where there is none."""
    status: str
    status_name: str
    doubtful: bool = False
    approximate: bool = False
    said: str | None = None
    line: int | None = None
    previous: str | None = None
    amended: bool = False
    editor: tuple[Input, ...] = ()
    error: str | None = None
    cleared: bool = False
    """The doctor asked to leave it without a value."""
    reason: str = ""
    history: tuple[Version, ...] = ()
    aside: bool = False
    """Nobody is asked for it and nobody has filled it: shown folded away."""

    @property
    def editing(self) -> bool:
        """Whether the editor is shown opened, because what was entered was not accepted."""
        return self.error is not None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the assistant proposes what it does; `citation` only where a person has checked the source."""

    text: str
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the form amounts to: proposed by the assistant, decided by the doctor."""

    classification: str | None
    tone: Tone
    reasons: tuple[Reason, ...] = ()
    next_step: str | None = None
    next_visit: str | None = None
    next_visit_reason: str | None = None
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recording:
    """The two-channel sound of the call."""

    href: str
    seconds: float
    length: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed and when; `amended` when something was changed afterwards."""

    by: str
    at: datetime
    amended: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """The page of one conversation."""

    id: str
    person: Person
    title: str
    why: str
    channel: str
    at: datetime
    length: str | None
    disposition: str | None
    tone: Tone
    version: str | None
    """The version of the filled form that is shown; a change made to another one is refused."""
    alerts: tuple[AlertView, ...] = ()
    recording: Recording | None = None
    lines: tuple[Line, ...] = ()
    fields: tuple[FieldView, ...] = ()
    aside: tuple[FieldView, ...] = ()
    conclusion: Conclusion | None = None
    promised: tuple[str, ...] = ()
    signature: Signature | None = None
    delivering: bool = False
    """The chart entry is still on its way to the record service."""
    conflict: bool = False
    notice: str | None = None
    open_alerts: int = 0

    @property
    def signable(self) -> bool:
        """Whether there is a draft in the chart that can be signed."""
        return self.version is not None and self.signature is None
