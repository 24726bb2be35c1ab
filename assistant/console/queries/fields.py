"""The fields of a form as the page shows them: value, status, sentence, previous value, editor, history."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from assistant.care.form import Form
from assistant.care.form_item import FormItem
from assistant.console.editors import editor
from assistant.console.queries.filled_form import FilledItem, filled
from assistant.console.queries.transcript import line_of_turn
from assistant.console.queries.visit_chart import VisitChart
from assistant.console.value_words import in_words
from assistant.console.views import FieldView, Line, Version
from assistant.console.wording import status


def field_views(
    form: Form,
    items: Mapping[str, FilledItem],
    chart: VisitChart,
    transcript: Sequence[Line],
    doubtful_below: float,
) -> tuple[FieldView, ...]:
    """One view for each item that is not a constant, in the order of the form."""
    histories = _histories(form, chart)
    return tuple(
        _field(item, items[item.slot], chart, transcript, doubtful_below, histories.get(item.slot, ()))
        for item in form.items
        if item.fixed is None and item.slot in items
    )


def _field(
    item: FormItem,
    filled_item: FilledItem,
    chart: VisitChart,
    transcript: Sequence[Line],
    doubtful_below: float,
    history: tuple[Version, ...],
) -> FieldView:
    confidence = filled_item.confidence
    return FieldView(
        slot=item.slot,
        label=item.label,
        text=in_words(item, filled_item.value),
        status=filled_item.status,
        status_name=_status_name(item, filled_item),
        doubtful=filled_item.status == "stated" and confidence is not None and confidence < doubtful_below,
        approximate=filled_item.approximate,
        said=filled_item.said,
        line=line_of_turn(transcript, filled_item.turn),
        previous=in_words(item, chart.previous.get(item.slot)) or None,
        amended=filled_item.amended,
        editor=editor(item, filled_item.value) if item.amendable else (),
        history=history,
        aside=_aside(item, filled_item),
    )


def _status_name(item: FormItem, filled_item: FilledItem) -> str:
    if filled_item.status == "derived":
        return "系统建议"
    if filled_item.status == "not_asked" and not item.from_resident:
        return "未填"
    return status(filled_item.status, filled_item.speaker)


def _aside(item: FormItem, filled_item: FilledItem) -> bool:
    """Items that no resident is asked, and that nobody has filled, are shown folded away."""
    return not item.from_resident and item.derived is None and filled_item.value is None


def _histories(form: Form, chart: VisitChart) -> dict[str, tuple[Version, ...]]:
    """For each item the values that it had before, newest first, with who replaced them and why."""
    found: dict[str, list[Version]] = {}
    reasons = {change.version: change for change in chart.changes}
    versions = sorted(chart.versions, key=lambda one: int(one["meta"]["versionId"]))
    states = [(int(one["meta"]["versionId"]), filled(form, one)) for one in versions]
    for (_, before), (number, after) in pairwise(states):
        change = reasons.get(number)
        for item in form.items:
            was, now = before[item.slot], after[item.slot]
            changed = (was.value, was.amended) != (now.value, now.amended)
            if changed and now.amended and change is not None and change.at is not None:
                by = chart.practitioners.get(change.by or "", change.by or "医生")
                found.setdefault(item.slot, []).insert(
                    0,
                    Version(in_words(item, was.value), _status_name(item, was), by, change.at, change.reason),
                )
    return {slot: tuple(history) for slot, history in found.items()}
