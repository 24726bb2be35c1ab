"""A visit as one transaction Bundle: sent twice, it is stored once."""

from collections.abc import Iterator, Mapping

from assistant.care.chart.alerts import alert_task, alerting, flag
from assistant.care.chart.contact import communication, encounter, recording
from assistant.care.chart.datatypes import reference
from assistant.care.chart.draft import Draft
from assistant.care.chart.naming import Resource, full_url, search_for
from assistant.care.chart.observations import observations
from assistant.care.chart.participants import device, speaker
from assistant.care.chart.provenance import assembled
from assistant.care.chart.questionnaire import questionnaire
from assistant.care.chart.questionnaire_response import questionnaire_response
from assistant.care.chart.tasks import follow_up, referral, requested, review
from assistant.care.form import Form
from assistant.care.outcome import Outcome
from assistant.care.visit import Visit

_SHARED = frozenset({"Device", "Questionnaire"})
"""Not written by this visit, only named by it."""


def transaction(visit: Visit, outcome: Outcome, form: Form) -> Resource:
    """The transaction Bundle that takes the visit into the chart.

    Everything is a draft: Observations preliminary, the response in progress, tasks requested. Every entry
    is created only where its identifier is not there yet; the Provenance, which FHIR gives no identifier,
    has a fixed id instead. Raises ValueError without a resident: there would be no chart to write to.
    """
    if not visit.resident.id:
        raise ValueError(f"conversation {visit.conversation_id} has no resident, so no chart")
    draft = Draft(visit, outcome, form)
    resources = list(_resources(draft))
    written = [
        reference(full_url(identifier_of(resource)))
        for resource in resources
        if resource["resourceType"] not in _SHARED
    ]
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [*(_created(resource) for resource in resources), _put(assembled(draft, written))],
    }


def _resources(draft: Draft) -> Iterator[Resource]:
    yield device(draft)
    if draft.related:
        yield speaker(draft)
    if draft.reached:
        yield encounter(draft)
    yield communication(draft)
    if draft.reached and draft.visit.recording_url:
        yield recording(draft)
    if draft.answered:
        yield questionnaire(draft.form)
        yield questionnaire_response(draft)
        yield from (resource for _, resource in observations(draft))
    if alerting(draft):
        yield flag(draft)
        yield alert_task(draft)
    yield from _tasks(draft)


def _tasks(draft: Draft) -> Iterator[Resource]:
    if draft.answered or alerting(draft):
        yield review(draft)
    for proposed in (referral(draft), follow_up(draft)):
        if proposed is not None:
            yield proposed
    yield from (task for _, task in requested(draft))


def identifier_of(resource: Resource) -> Mapping[str, str]:
    """The identifier that the entry is found by."""
    given = resource["identifier"]
    found: Mapping[str, str] = given[0] if isinstance(given, list) else given
    return found


def _created(resource: Resource) -> Resource:
    identifier = identifier_of(resource)
    return {
        "fullUrl": full_url(identifier),
        "resource": resource,
        "request": {
            "method": "POST",
            "url": resource["resourceType"],
            "ifNoneExist": search_for(identifier),
        },
    }


def _put(resource: Resource) -> Resource:
    return {
        "fullUrl": f"urn:uuid:{resource['id']}",
        "resource": resource,
        "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"},
    }
