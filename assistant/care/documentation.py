"""The page `docs/forms.md`, made from the forms: slots, values, codes, and how each is asked."""

from collections.abc import Iterable, Iterator

from assistant.care.form import Form
from assistant.care.form_item import FormItem
from assistant.dialogue.meaning import ValueKind

_OPENING = """# Forms

Made from `nlu_data/forms` by `assistant.care.documentation`; the tests keep it up to date. Do not edit it.

A slot is a field of the form; its value has the shape of its kind. What the resident is not asked for has the
status named here, and is never guessed.
"""

_SHAPES = {
    ValueKind.BLOOD_PRESSURE: "`{systolic, diastolic}`",
    ValueKind.GLUCOSE: "`{mmol_l, kind}`",
    ValueKind.HEART_RATE: "`{bpm}`",
    ValueKind.WEIGHT: "`{kg}`",
    ValueKind.YES_NO: "true or false",
    ValueKind.CHOICE: "one of the options",
    ValueKind.DATE: "ISO date, or `{from, to}`",
    ValueKind.TIME: "`{time}`, `{from, to}` or `{period}`",
    ValueKind.DURATION: "`{value, unit}`",
    ValueKind.SYMPTOMS: "`{present, absent, unsure, none?}`",
    ValueKind.MEDICATION_ADHERENCE: "one of the options",
    ValueKind.QUANTITY_PER_DAY: "`{value, unit}`",
    ValueKind.FREQUENCY: "`{times, per}`",
    ValueKind.IDENTITY: "`{is_patient, relation?, birth_year?, id_last4?, status?}`",
    ValueKind.QUANTITY: "`{value, unit}`",
    ValueKind.FREE_TEXT: "text",
}


def forms_page(forms: Iterable[Form]) -> str:
    """The whole page in Markdown, forms by name."""
    sections = [_section(form) for form in sorted(forms, key=lambda form: form.form)]
    return "\n".join([_OPENING, *sections])


def _section(form: Form) -> str:
    source = form.source
    mark = "verified" if source.verified else "unverified"
    lines = [
        f"## `{form.form}`: {form.title}",
        "",
        f"- version {form.version}, Questionnaire `{form.canonical}`",
        f"- source: {source.document}{' ' + source.section if source.section else ''} ({mark})",
        f"- assessment: {f'`{form.assessment}`' if form.assessment else 'none'}",
        "",
        "### Asked, in this order",
        "",
        "| slot | field | kind | value | plausible | read back | asked if |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_asked_row(item) for item in form.asked),
        "",
        "### Not asked",
        "",
        "| slot | field | kind | filled by |",
        "| --- | --- | --- | --- |",
        *(_unasked_row(item) for item in form.items if not item.from_resident),
        "",
        "### Codes",
        "",
        "| slot | code system | options |",
        "| --- | --- | --- |",
        *(_codes_row(form, item) for item in form.items if item.options),
        "",
        "### Observations",
        "",
        "| slot | LOINC | unit |",
        "| --- | --- | --- |",
        *(row for item in form.items for row in _observation_rows(item)),
        "",
    ]
    return "\n".join(lines)


def _asked_row(item: FormItem) -> str:
    cells = (
        f"`{item.slot}`",
        item.label + (" (with a target)" if item.targets else ""),
        f"`{item.kind.value}`",
        _shape(item),
        "; ".join(f"{field} {limits.min:g}–{limits.max:g}" for field, limits in item.ranges.items()),
        item.read_back.value,
        f"`{item.ask_if}`" if item.ask_if else "",
    )
    return _row(cells)


def _shape(item: FormItem) -> str:
    shape = _SHAPES[item.kind]
    if item.joins:
        shape = f"{shape.removesuffix('}`')}, {item.joins.field}?}}`"
    return f"{shape}, {item.unit.display}" if item.unit else shape


def _unasked_row(item: FormItem) -> str:
    if item.fixed is not None:
        text = next(option.text for option in item.options if option.code == item.fixed)
        filler = f"always {item.fixed} {text}"
    elif item.derived is not None:
        filler = f"the outcome's `{item.derived.value}`"
    else:
        filler = f"the doctor (status `{item.unasked_status}`)"
    return _row((f"`{item.slot}`", item.label, f"`{item.kind.value}`", filler))


def _codes_row(form: Form, item: FormItem) -> str:
    options = ", ".join(f"{option.code} {option.text}" for option in item.options)
    return _row((f"`{item.slot}`", f"`{form.code_system(item)}`", options))


def _observation_rows(item: FormItem) -> Iterator[str]:
    measured = item.observation
    if measured is None:
        return
    yield _row((f"`{item.slot}`", f"{measured.loinc} {measured.display}", f"`{measured.unit.ucum}`"))
    for field, part in measured.components.items():
        yield _row((f"`{item.slot}.{field}`", f"{part.loinc} {part.display}", f"`{measured.unit.ucum}`"))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
