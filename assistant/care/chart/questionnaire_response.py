"""The filled form as a QuestionnaireResponse: in progress until a doctor signs."""

from collections.abc import Iterator

from assistant.care.chart.answers import coded_answer, response_items
from assistant.care.chart.datatypes import machine_made, moment
from assistant.care.chart.draft import Draft
from assistant.care.chart.naming import Resource, extension
from assistant.care.form_item import Derived, FormItem
from assistant.care.outcome import Outcome, answers
from assistant.dialogue.slots import SlotStatus, SlotValue

PART = "response"


def questionnaire_response(draft: Draft) -> Resource:
    """Every item of the form, those without an answer with the reason why there is none."""
    visit = draft.visit
    disposition = visit.disposition
    return machine_made(
        {
            "resourceType": "QuestionnaireResponse",
            **({"extension": [extension("disposition", valueCode=disposition.value)]} if disposition else {}),
            "identifier": draft.identifier(PART),
            "questionnaire": draft.form.canonical,
            "status": "in-progress",
            "subject": draft.patient,
            "encounter": draft.entry("encounter"),
            "authored": moment(visit.last_moment),
            "author": draft.device,
            "source": draft.source,
            "item": [resource for item in draft.form.items for resource in _items(draft, item)],
        }
    )


def _items(draft: Draft, item: FormItem) -> list[Resource]:
    if item.fixed is not None:
        return [_constant(item, [coded_answer(draft.form, item, item.fixed)])]
    if item.derived is not None:
        return [_constant(item, list(_derived(draft, item, item.derived)))]
    asked = answers(draft.visit).get(item.slot)
    slot = asked or SlotValue(status=SlotStatus(item.unasked_status))
    return response_items(draft.form, item, slot)


def _derived(draft: Draft, item: FormItem, derived: Derived) -> Iterator[Resource]:
    value = derived_value(draft.outcome, derived)
    if value is None:
        return
    if derived is Derived.NEXT_FOLLOW_UP:
        yield {"valueDate": value}
        return
    code = next((option.code for option in item.options if option.value == value), None)
    if code is not None:
        yield coded_answer(draft.form, item, code)


def derived_value(outcome: Outcome, derived: Derived) -> str | None:
    """What the outcome fills the item with."""
    if derived is Derived.NEXT_FOLLOW_UP:
        return outcome.next_follow_up.date.isoformat() if outcome.next_follow_up else None
    if derived is Derived.NEXT_STEP:
        return outcome.next_step.value if outcome.next_step else None
    return outcome.classification


def _constant(item: FormItem, given: list[Resource]) -> Resource:
    return {"linkId": item.slot, "text": item.label, **({"answer": given} if given else {})}
