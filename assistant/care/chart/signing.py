"""A doctor's signature, and corrections: what makes drafts final. Nothing is final before it.

Earlier values stay readable as earlier versions of the same resources. Every change is conditional on the
version that the doctor saw (`ifMatch`), so two people cannot sign over each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic import JsonValue

from assistant.care.chart.answers import coded_answer, response_items
from assistant.care.chart.datatypes import DATA_ABSENT_EXTENSION, LOINC, concept, moment, reference
from assistant.care.chart.naming import ENTRIES, Resource, extension, full_url, part_of, search_for
from assistant.care.chart.observations import VITAL_SIGNS, measured
from assistant.care.chart.provenance import verified
from assistant.care.chart.questionnaire_response import derived_value
from assistant.care.chart.reading import origin
from assistant.care.form import Form
from assistant.care.form_item import FormItem
from assistant.care.outcome import Outcome
from assistant.care.value_shapes import problem_with
from assistant.dialogue.slots import SlotStatus, SlotValue

Amendments = Mapping[str, JsonValue]
"""The doctor's values by slot; None takes a value away."""

NONE: Amendments = MappingProxyType({})
_VALUES = ("component", "valueQuantity", "dataAbsentReason", "extension")
_SIGNED = ("completed", "amended")
_REFERRALS = ("两次控制不满意转诊随访", "紧急转诊")


class NotSignable(ValueError):
    """There is no filled form among the resources, or it is signed already and nothing is amended."""


class InvalidAmendments(ValueError):
    """Values that do not fit their items. `problems` says what is wrong with each, in Chinese."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(f"{slot}: {problem}" for slot, problem in self.problems.items()))


def sign(
    resources: Sequence[Resource],
    form: Form,
    *,
    practitioner_id: str,
    at: datetime,
    amendments: Amendments = NONE,
    outcome: Outcome | None = None,
) -> Resource:
    """The transaction that makes the visit's drafts final, with the doctor's corrections in place.

    `resources` are those that the visit left in the chart, as read (with `id` and `meta.versionId`).
    `outcome` is what the corrected values come to: it refills class, next step and date where the doctor
    did not set them. Raises NotSignable, InvalidAmendments.
    """
    edit = _edit(resources, form, practitioner_id, at, amendments, outcome)
    if edit.signed and not amendments:
        raise NotSignable("the form is signed already")
    return _bundle(edit, final=True)


def amend(
    resources: Sequence[Resource],
    form: Form,
    *,
    practitioner_id: str,
    at: datetime,
    amendments: Amendments,
    outcome: Outcome | None = None,
) -> Resource:
    """The transaction that corrects values and signs nothing: drafts stay drafts, signed stays signed.

    Parameters and errors as of `sign`.
    """
    edit = _edit(resources, form, practitioner_id, at, amendments, outcome)
    return _bundle(edit, final=edit.signed)


@dataclass(frozen=True, slots=True)
class _Edit:
    """What is edited, by whom, when, and to what."""

    resources: Sequence[Resource]
    form: Form
    response: Resource
    practitioner: Resource
    at: datetime
    amendments: Amendments
    refilled: Mapping[str, str | None]

    @property
    def signed(self) -> bool:
        return self.response["status"] in _SIGNED

    @property
    def stem(self) -> str:
        """`<conversation>/<form>`, with which the identifiers of the visit begin."""
        value: str = self.response["identifier"]["value"]
        return value.rsplit("/", 1)[0]

    def identifier(self, part: str) -> Resource:
        return {"system": ENTRIES, "value": f"{self.stem}/{part}"}


def _edit(
    resources: Sequence[Resource],
    form: Form,
    practitioner_id: str,
    at: datetime,
    amendments: Amendments,
    outcome: Outcome | None,
) -> _Edit:
    responses = [r for r in resources if r["resourceType"] == "QuestionnaireResponse" and part_of(r)]
    if not responses:
        raise NotSignable("the visit has no filled form")
    problems = {
        slot: problem for slot, value in amendments.items() if (problem := _problem(form, slot, value))
    }
    if problems:
        raise InvalidAmendments(problems)
    refilled = {
        item.slot: derived_value(outcome, item.derived)
        for item in form.items
        if outcome is not None and item.derived is not None and item.slot not in amendments
    }
    doctor = reference(f"Practitioner/{practitioner_id}")
    return _Edit(resources, form, responses[0], doctor, at, amendments, refilled)


def _problem(form: Form, slot: str, value: JsonValue) -> str | None:
    item = form.item(slot)
    if item is None:
        return f"表单中没有“{slot}”"
    if value is None:
        return None if item.amendable else f"{item.label}不能修改"
    return problem_with(item, value)


def _bundle(edit: _Edit, final: bool) -> Resource:
    changed = [resource for resource in _changed(edit, final) if resource]
    entries = [_put(resource) for resource in changed]
    added = list(_added_observations(edit, final))
    entries += [_post(resource) for resource in added]
    targets = [reference(f"{r['resourceType']}/{r['id']}") for r in changed]
    targets += [reference(full_url(r["identifier"][0])) for r in added]
    before = [reference(f"{r['resourceType']}/{r['id']}/_history/{r['meta']['versionId']}") for r in changed]
    part = f"{'signature' if final else 'amendment'}/{moment(edit.at)}"
    entries.append(_put_new(verified(edit.identifier(part), targets, before, edit.practitioner, edit.at)))
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _changed(edit: _Edit, final: bool) -> Iterator[Resource]:
    """The existing resources that become another version."""
    items = _response_items(edit)
    amended = any(origin(item).get("status") == "amended" for item in items)
    status = ("amended" if amended else "completed") if final else edit.response["status"]
    yield {**edit.response, "status": status, "item": items}
    for resource in edit.resources:
        part = part_of(resource)
        if resource["resourceType"] == "Observation" and part:
            observation = _observation(edit, resource, part, final)
            if observation != resource:
                yield observation
        elif resource["resourceType"] == "Task" and part in ("review", "follow-up", "referral"):
            task = _task(edit, resource, part, final)
            if task != resource:
                yield {**task, "lastModified": moment(edit.at)}


def _response_items(edit: _Edit) -> list[Resource]:
    """The form's items with the doctor's values in place of those that were there."""
    by_link = {item["linkId"]: item for item in edit.response.get("item", ())}
    items: list[Resource] = []
    for item in edit.form.items:
        if item.slot in edit.amendments:
            items += _amended_items(edit, item)
            continue
        kept = [
            found for link, found in by_link.items() if link == item.slot or link.startswith(f"{item.slot}.")
        ]
        if item.slot in edit.refilled and kept:
            kept = [_refilled(edit, item, kept[0])]
        items += kept
    return items


def _amended_items(edit: _Edit, item: FormItem) -> list[Resource]:
    value = edit.amendments[item.slot]
    slot = SlotValue(value=value, status=SlotStatus.UNKNOWN if value is None else SlotStatus.CONFIRMED)
    main, *more = response_items(edit.form, item, slot)
    by = extension(
        "origin",
        extension=[
            extension("status", valueCode="amended"),
            extension("by", valueReference=edit.practitioner),
            extension("at", valueDateTime=moment(edit.at)),
        ],
    )
    absent = [one for one in main["extension"] if one["url"] == DATA_ABSENT_EXTENSION]
    return [{**main, "extension": [by, *absent]}, *more]


def _refilled(edit: _Edit, item: FormItem, before: Resource) -> Resource:
    """A class, step or date as the corrected values make it."""
    value = edit.refilled[item.slot]
    kept = {name: part for name, part in before.items() if name != "answer"}
    option = next((option for option in item.options if option.value == value), None)
    if value is None:
        return kept
    if option is not None:
        return {**kept, "answer": [coded_answer(edit.form, item, option.code)]}
    return {**kept, "answer": [{"valueDate": value}]}


def _observation(edit: _Edit, before: Resource, slot: str, final: bool) -> Resource:
    item = edit.form.item(slot)
    status = before["status"]
    if status == "entered-in-error" or item is None or item.observation is None:
        return before
    if slot not in edit.amendments:
        return {**before, "status": "final"} if final and status == "preliminary" else before
    value = edit.amendments[slot]
    if value is None:
        return {**before, "status": "entered-in-error"}
    kept = {name: part for name, part in before.items() if name not in _VALUES}
    performers = [*before.get("performer", ())]
    return {
        **kept,
        "status": "amended" if final else status,
        "performer": performers if edit.practitioner in performers else [*performers, edit.practitioner],
        "note": [*before.get("note", ()), _note(edit)],
        **measured(item, item.observation, value),
    }


def _note(edit: _Edit) -> Resource:
    return {"authorReference": edit.practitioner, "time": moment(edit.at), "text": "医生核对后修正。"}


def _added_observations(edit: _Edit, final: bool) -> Iterator[Resource]:
    """Measurements that the doctor entered where the resident had given none."""
    there = {part_of(r) for r in edit.resources if r["resourceType"] == "Observation"}
    for slot, value in edit.amendments.items():
        item = edit.form.item(slot)
        if value is None or item is None or item.observation is None or slot in there:
            continue
        response = edit.response
        yield {
            "resourceType": "Observation",
            "identifier": [edit.identifier(slot)],
            "status": "final" if final else "preliminary",
            "category": [VITAL_SIGNS],
            "code": concept(LOINC, item.observation.loinc, item.observation.display, item.label),
            "subject": response["subject"],
            **({"encounter": response["encounter"]} if "encounter" in response else {}),
            "effectiveDateTime": response["authored"],
            "issued": moment(edit.at),
            "performer": [edit.practitioner],
            "note": [{**_note(edit), "text": "医生补录。"}],
            "derivedFrom": [reference(f"QuestionnaireResponse/{response['id']}")],
            **measured(item, item.observation, value),
        }


def _task(edit: _Edit, before: Resource, part: str, final: bool) -> Resource:
    """The review is done by signing; a planned follow-up and a proposed referral are then requested."""
    step = _now(edit, "next_step")
    if part == "review":
        return {**before, "status": "completed"} if final and before["status"] == "requested" else before
    if part == "referral":
        unwanted = step is not _UNCHANGED and step not in _REFERRALS
        if unwanted and before["status"] in ("draft", "requested"):
            return {**before, "status": "cancelled"}
    elif isinstance(due := _now(edit, "next_follow_up"), str):
        before = {**before, "restriction": {"period": {"end": due}}}
    return {**before, "status": "requested"} if final and before["status"] == "draft" else before


_UNCHANGED = object()


def _now(edit: _Edit, slot: str) -> Any:
    """What the edit makes of an item that the outcome fills; `_UNCHANGED` where it leaves it alone."""
    return edit.amendments.get(slot, edit.refilled.get(slot, _UNCHANGED))


def _put(resource: Resource) -> Resource:
    version = resource["meta"]["versionId"]
    meta = {name: part for name, part in resource["meta"].items() if name not in ("versionId", "lastUpdated")}
    target = f"{resource['resourceType']}/{resource['id']}"
    unversioned = {name: part for name, part in resource.items() if name != "meta"}
    return {
        "resource": {**unversioned, **({"meta": meta} if meta else {})},
        "request": {"method": "PUT", "url": target, "ifMatch": f'W/"{version}"'},
    }


def _put_new(resource: Resource) -> Resource:
    return {
        "resource": resource,
        "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"},
    }


def _post(resource: Resource) -> Resource:
    identifier = resource["identifier"][0]
    return {
        "fullUrl": full_url(identifier),
        "resource": resource,
        "request": {"method": "POST", "url": resource["resourceType"], "ifNoneExist": search_for(identifier)},
    }
