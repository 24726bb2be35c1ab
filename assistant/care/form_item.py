"""One item of a follow-up form: what it is called, how it is coded, when and how it is asked."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Discriminator, Field, JsonValue, Tag

from assistant.dialogue.frozen import Frozen
from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.waits import Option

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, Field(min_length=1)]

NUMBER_FIELDS: Mapping[ValueKind, tuple[str, ...]] = {
    ValueKind.BLOOD_PRESSURE: ("systolic", "diastolic"),
    ValueKind.GLUCOSE: ("mmol_l",),
    ValueKind.HEART_RATE: ("bpm",),
    ValueKind.WEIGHT: ("kg",),
    ValueKind.QUANTITY_PER_DAY: ("value",),
    ValueKind.QUANTITY: ("value",),
    ValueKind.DURATION: ("value",),
    ValueKind.FREQUENCY: ("times",),
}
"""The numbers inside a value of each kind, by the names that the value conventions give them."""

CODED_KINDS = frozenset({ValueKind.CHOICE, ValueKind.MEDICATION_ADHERENCE})
"""Kinds whose value is one of the item's options."""


class ReadBack(StrEnum):
    """When the value is said back to the resident before it counts as confirmed."""

    ALWAYS = "always"
    SPOKEN = "spoken"
    """On voice channels only, where it may have been misheard."""
    NEVER = "never"


class Derived(StrEnum):
    """Which part of the outcome fills an item that nobody is asked."""

    CLASSIFICATION = "classification"
    NEXT_STEP = "next_step"
    NEXT_FOLLOW_UP = "next_follow_up"


class FormOption(Frozen):
    """One coded answer of the paper form.

    `value` is what the slot holds for it, `label` how it reads (default: the value itself), `terms` the
    standard symptom terms that fall under it, or further words for the choice. `none` marks the option
    that denies all others, `other` the one that takes whatever has no code of its own.
    """

    code: Text
    value: str | bool
    label: str | None = None
    terms: tuple[Text, ...] = ()
    key: Annotated[str, Field(pattern=r"^[0-9*#]$")] | None = None
    none: bool = False
    other: bool = False

    @property
    def text(self) -> str:
        """The option as it reads on the form."""
        return self.label or str(self.value)


class Range(Frozen):
    """Plausible values, both ends included. Outside it the question is put again and nothing is stored."""

    min: float
    max: float

    def holds(self, number: float) -> bool:
        """Whether the number lies within."""
        return self.min <= number <= self.max


def _range_shape(given: object) -> str:
    """Whether `range` is one range, or a range for each field."""
    keys = set(given) if isinstance(given, Mapping) else set()
    return "one" if isinstance(given, Range) or not keys or keys & {"min", "max"} else "each"


Ranges = Annotated[
    Annotated[Range, Tag("one")] | Annotated[Mapping[str, Range], Tag("each")],
    Discriminator(_range_shape),
]
"""One range for the item's number, or one for each field."""


class Unit(Frozen):
    """A unit as people read it, and in UCUM."""

    display: Text
    ucum: Text


class Joined(Frozen):
    """A second value taken from the same answer and kept inside the first: minutes beside times a week."""

    kind: ValueKind
    field: Name
    unit: Unit
    label: Text
    range: Range | None = None


class ObservationCode(Frozen):
    """How a measured item is coded as a FHIR Observation.

    `components` gives the LOINC code of each part where the value has several (the two blood pressures).
    """

    loinc: Annotated[str, Field(pattern=r"^\d{1,7}-\d$")]
    display: Text
    unit: Unit
    components: Mapping[str, "ComponentCode"] = {}


class ComponentCode(Frozen):
    """LOINC code of one part of a measurement."""

    loinc: Annotated[str, Field(pattern=r"^\d{1,7}-\d$")]
    display: Text
    label: Text


class FormItem(Frozen):
    """One item of a form; its `slot` is also its linkId in the Questionnaire.

    Exactly one of these fills it: the resident (default), nobody by telephone (`by_phone: false`), the
    doctor (`asked: false`), a constant (`fixed`, an option's code), or the outcome (`derived`).
    `text` is the wording of the questionnaire as printed; `ask` names the response that is spoken.
    `ask_if` is a condition over `slots.<name>` and `facts.<name>` that the engine evaluates.
    `targets` says that the form has an agreed target beside the present value; the doctor fills it.
    `keep_words` says that the form has a free text beside the code: the words said go there.
    """

    slot: Name
    label: Text
    kind: ValueKind
    text: Text | None = None
    group: Text | None = None
    code: Text | None = None
    code_system: Text | None = None
    options: tuple[FormOption, ...] = ()
    unit: Unit | None = None
    joins: Joined | None = None
    observation: ObservationCode | None = None
    range: Ranges | None = None
    read_back: ReadBack = ReadBack.NEVER
    required: bool = True
    by_phone: bool = True
    asked: bool = True
    fixed: Text | None = None
    derived: Derived | None = None
    ask_if: Text | None = None
    ask: Text | None = None
    targets: bool = False
    keep_words: bool = False
    note: Text | None = None

    @property
    def from_resident(self) -> bool:
        """Whether the resident is asked for it."""
        return self.by_phone and self.asked and self.fixed is None and self.derived is None

    @property
    def amendable(self) -> bool:
        """Whether a doctor may correct it: who was spoken with, and constants, stay as they are."""
        return self.fixed is None and self.kind is not ValueKind.IDENTITY

    @property
    def unasked_status(self) -> Literal["not_by_phone", "not_asked"]:
        """The slot status while nothing was asked."""
        return "not_asked" if self.by_phone else "not_by_phone"

    @property
    def ask_response(self) -> str:
        """Key of the response that asks for it."""
        return self.ask or f"utter_ask_{self.slot}"

    @property
    def number_fields(self) -> tuple[str, ...]:
        """Names of the numbers inside the value, the joined one last."""
        fields = NUMBER_FIELDS.get(self.kind, ())
        return (*fields, self.joins.field) if self.joins else fields

    @property
    def ranges(self) -> dict[str, Range]:
        """Plausible range of each number inside the value, by field."""
        found: dict[str, Range] = {}
        if isinstance(self.range, Range):
            found = dict.fromkeys(NUMBER_FIELDS.get(self.kind, ()), self.range)
        elif self.range is not None:
            found = dict(self.range)
        if self.joins and self.joins.range:
            found[self.joins.field] = self.joins.range
        return found

    def implausible(self, value: JsonValue) -> tuple[str, ...]:
        """Fields of the value that lie outside their plausible range; an end of a range counts too."""
        if not isinstance(value, dict):
            return ()
        return tuple(
            field
            for field, plausible in self.ranges.items()
            if any(not plausible.holds(end) for end in _ends(value.get(field)))
        )

    def choices(self) -> tuple[Option, ...]:
        """The options as a wait offers them."""
        return tuple(Option(value=o.value, label=o.text, key=o.key, synonyms=o.terms) for o in self.options)


def _ends(number: JsonValue) -> list[float]:
    """The number itself, or the closed ends of a `{from, to}` range."""
    candidates = [number.get("from"), number.get("to")] if isinstance(number, dict) else [number]
    return [float(n) for n in candidates if isinstance(n, (int, float)) and not isinstance(n, bool)]
