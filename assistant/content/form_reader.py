"""Reads forms: the questions and slots that a follow-up form gives to the dialog."""

from assistant.care.form import Form
from assistant.care.form_item import FormItem
from assistant.care.form_problems import FormErrors
from assistant.content.documents import Document, plain
from assistant.content.problems import Problem
from assistant.dialogue.content import Part, SlotSpec
from assistant.dialogue.interview import FixedInterview, Question
from assistant.dialogue.interview import FormItem as AskedItem
from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.waits import Option


def read_form(document: Document) -> Form | None:
    """The form of a document, None with problems noted when it cannot be used."""
    try:
        return Form.parse(plain(document.data), document.file, document.locate)
    except FormErrors as errors:
        for problem in errors.problems:
            line = problem.line or document.line(problem.path)
            document.problems.append(Problem(document.file, line, problem.message, problem.suggestion))
        return None


def interview_of(form: Form) -> FixedInterview:
    """The form as an interview: what the resident is asked, in order, and what cannot be asked by phone."""
    items = [
        AskedItem(
            question=Question(slot=item.slot, ask=item.ask),
            condition=item.ask_if,
            by_phone=item.by_phone,
        )
        for item in form.items
        if item.from_resident or not item.by_phone
    ]
    return FixedInterview(name=form.form, items=tuple(items))


def slots_of(form: Form) -> dict[str, SlotSpec]:
    """The slots that the form's items fill."""
    return {item.slot: _slot(item) for item in form.items}


def _slot(item: FormItem) -> SlotSpec:
    parts: list[Part] = []
    if item.kind is ValueKind.BLOOD_PRESSURE:
        parts = [
            Part(name="systolic", ask="utter_ask_systolic"),
            Part(name="diastolic", ask="utter_ask_diastolic"),
        ]
    if item.joins is not None:
        field = item.joins.field
        parts.append(Part(name=field, ask=f"utter_ask_{item.slot}_{field}", kind=item.joins.kind))
    return SlotSpec(
        name=item.slot,
        kind=item.kind,
        label=item.label,
        options=_options(item),
        ask=item.ask_response,
        bounds={name: (limit.min, limit.max) for name, limit in item.ranges.items()},
        read_back=item.read_back.value,
        parts=tuple(parts),
    )


def _options(item: FormItem) -> tuple[Option, ...]:
    """Choices offered to the speaker; for symptoms and the like the options only code what was said."""
    offered = (ValueKind.CHOICE, ValueKind.YES_NO, ValueKind.MEDICATION_ADHERENCE)
    return item.choices() if item.kind in offered else ()
