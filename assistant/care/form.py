"""A follow-up form: its items in the order asked, their codes, and the assessment that reads them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from assistant.care.assessment import ASSESSMENTS
from assistant.care.form_item import CODED_KINDS, FormItem, FormOption, Name, Text
from assistant.care.form_problems import (
    FormErrors,
    FormProblem,
    Locate,
    Path,
    from_validation,
    located,
    nearest,
)
from assistant.dialogue.frozen import Frozen
from assistant.dialogue.meaning import ValueKind

_SLOT_REFERENCE = re.compile(r"\bslots\.([A-Za-z_]\w*)")


class FormSource(Frozen):
    """Where the form comes from. Cited only when `verified`: somebody has read it there."""

    document: Text
    section: Text | None = None
    verified: bool = False
    note: Text | None = None


class Form(Frozen):
    """A follow-up form, as its file under `nlu_data/forms` describes it.

    `url` and `version` are those of the FHIR Questionnaire; `assessment` names the rules that classify it.
    """

    form: Name
    title: Text
    version: Text
    url: Text
    source: FormSource
    assessment: Name | None = None
    items: tuple[FormItem, ...]

    @classmethod
    def parse(cls, data: Mapping[str, Any], where: str, locate: Locate | None = None) -> "Form":
        """The form in `data`, as read from YAML.

        Raises FormErrors with every unknown key, missing or wrong value and contradiction. `where` names
        the file in messages; `locate` gives file and line of a path where the reader kept them.
        """
        try:
            form = cls.model_validate(data)
        except ValidationError as error:
            problems = from_validation(error.errors(include_url=False), data, known_keys)
            raise FormErrors(located(problems, where, locate)) from None
        contradictions = list(_contradictions(form))
        if contradictions:
            raise FormErrors(located(contradictions, where, locate))
        return form

    @property
    def asked(self) -> tuple[FormItem, ...]:
        """The items put to the resident, in order."""
        return tuple(item for item in self.items if item.from_resident)

    @property
    def canonical(self) -> str:
        """`url|version`, by which a QuestionnaireResponse names its Questionnaire."""
        return f"{self.url}|{self.version}"

    def item(self, slot: str) -> FormItem | None:
        """The item of that slot, None when the form has none."""
        return next((item for item in self.items if item.slot == slot), None)

    def code_system(self, item: FormItem) -> str:
        """System of the item's option codes: codes mean something only inside their form."""
        return item.code_system or f"{self.url}:{item.slot}"


def known_keys(path: Path) -> list[str]:
    """The keys that may stand where the last part of the path stands, to suggest a correction from."""
    model: type[BaseModel] | None = Form
    for part in path[:-1]:
        if model is None:
            return []
        if isinstance(part, str) and part in model.model_fields:
            model = _model_within(model.model_fields[part].annotation)
    return list(model.model_fields) if model else []


def _model_within(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_within(part))), None)


def _contradictions(form: Form) -> Iterator[FormProblem]:
    """What the types alone cannot tell."""
    if not form.items:
        yield FormProblem(("items",), "a form needs at least one item")
    if form.assessment and form.assessment not in ASSESSMENTS:
        message = f"there is no assessment {form.assessment!r} (there are: {', '.join(ASSESSMENTS)})"
        yield FormProblem(("assessment",), message, nearest(form.assessment, ASSESSMENTS))
    slots = [item.slot for item in form.items]
    for index, item in enumerate(form.items):
        path: Path = ("items", index)
        if item.slot in slots[:index]:
            yield FormProblem((*path, "slot"), f"slot {item.slot!r} is already an item of this form")
        yield from _options(item, path)
        yield from _numbers(item, path)
        yield from _filling(item, path)
        yield from _conditions(item, path, slots)


def _options(item: FormItem, path: Path) -> Iterator[FormProblem]:
    if item.kind in CODED_KINDS and not item.options:
        yield FormProblem(path, f"item {item.slot!r} is a {item.kind.value} and needs 'options'")
    seen: dict[str, set[str | bool]] = {}
    boolean = item.kind is ValueKind.YES_NO
    for index, option in enumerate(item.options):
        place: Path = (*path, "options", index)
        for name, value in _distinct(option):
            if value in seen.setdefault(name, set()):
                yield FormProblem(place, f"{name} {value!r} is given twice")
            seen[name].add(value)
        if isinstance(option.value, bool) is not boolean:
            message = f"the value of a {item.kind.value} option is {'true or false' if boolean else 'a text'}"
            yield FormProblem((*place, "value"), message)


def _distinct(option: FormOption) -> Iterator[tuple[str, str | bool]]:
    """What no two options of one item may share."""
    yield "code", option.code
    yield "value", option.value
    if option.key:
        yield "key", option.key
    yield from (("term", term) for term in option.terms)


def _numbers(item: FormItem, path: Path) -> Iterator[FormProblem]:
    fields = item.number_fields
    if item.range is not None and not fields:
        yield FormProblem((*path, "range"), f"a {item.kind.value} has no number to limit")
    if fields and item.unit is None:
        yield FormProblem(path, f"item {item.slot!r} is a {item.kind.value} and needs a 'unit'")
    for field, plausible in item.ranges.items():
        place = (*path, "range", field) if isinstance(item.range, Mapping) else (*path, "range")
        if fields and field not in fields:
            message = f"a {item.kind.value} has no field {field!r} (it has: {', '.join(fields)})"
            yield FormProblem(place, message, nearest(field, fields))
        if plausible.min > plausible.max:
            yield FormProblem(place, f"min {plausible.min} is above max {plausible.max}")
    if item.observation:
        for field in item.observation.components:
            if field not in fields:
                place = (*path, "observation", "components", field)
                yield FormProblem(
                    place, f"a {item.kind.value} has no field {field!r}", nearest(field, fields)
                )
        if not fields:
            yield FormProblem((*path, "observation"), f"a {item.kind.value} is not a measurement")


def _filling(item: FormItem, path: Path) -> Iterator[FormProblem]:
    ways = [
        name
        for name, used in (
            ("by_phone", not item.by_phone),
            ("asked", not item.asked),
            ("fixed", item.fixed is not None),
            ("derived", item.derived is not None),
        )
        if used
    ]
    if len(ways) > 1:
        yield FormProblem((*path, ways[1]), f"contradicts {ways[0]!r}: only one way to fill an item")
    if ways and (item.ask or item.ask_if):
        yield FormProblem((*path, "ask" if item.ask else "ask_if"), f"never asked, because of {ways[0]!r}")
    if item.fixed is not None and item.fixed not in {option.code for option in item.options}:
        yield FormProblem((*path, "fixed"), f"{item.fixed!r} is not the code of one of the options")


def _conditions(item: FormItem, path: Path, slots: list[str]) -> Iterator[FormProblem]:
    for name in _SLOT_REFERENCE.findall(item.ask_if or ""):
        earlier = slots[: slots.index(item.slot)]
        if name not in slots:
            yield FormProblem((*path, "ask_if"), f"there is no slot {name!r}", nearest(name, slots))
        elif name not in earlier:
            yield FormProblem((*path, "ask_if"), f"slot {name!r} is asked only later")
