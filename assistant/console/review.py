"""What a doctor does with a visit: correct a value, sign. Each is one transaction of the record service."""

from typing import Any

from pydantic import JsonValue

from assistant.care.chart.datatypes import moment
from assistant.care.chart.signing import NotSignable, amend, sign
from assistant.care.outcome import outcome
from assistant.console.desk import Desk
from assistant.console.pages import PageProblem
from assistant.console.ports import Resource, VersionConflict
from assistant.console.queries.tasks import reference_id
from assistant.console.queries.visit import VisitMaterial, amendments_of
from assistant.console.queries.visit_chart import VisitChart
from assistant.console.users import User
from assistant.conversations.clock import ZONE
from assistant.conversations.visits import visit_of

_NOT_YET = ("还不能签名", "这次随访还没有写入健康档案，请稍后再试。")


async def correct(
    desk: Desk, user: User, material: VisitMaterial, version: str, slot: str, value: JsonValue, reason: str
) -> None:
    """Put the doctor's value in place of the resident's; None takes it away.

    Class, next step and date follow from the corrected values, unless a doctor has set them. `version` is
    the one that the doctor saw. Raises VersionConflict, and InvalidAmendments of the chart.
    """
    chart = _seen(material, version)
    form = material.form
    if form is None or chart.response is None:
        raise PageProblem(409, *_NOT_YET)
    before = amendments_of(material.items)
    derived = {item.slot for item in form.items if item.derived is not None}
    amendments = {name: kept for name, kept in before.items() if name in derived} | {slot: value}
    visit = visit_of(material.facts.trail, form, None).amended(before | {slot: value})
    bundle = amend(
        chart.resources,
        form,
        practitioner_id=practitioner_id(desk, user, chart),
        at=desk.now().astimezone(ZONE),
        amendments=amendments,
        outcome=outcome(visit, form),
    )
    await desk.charts.transaction(user.organization_id, _with_reason(bundle, reason))


async def sign_off(desk: Desk, user: User, material: VisitMaterial, version: str) -> None:
    """Make the visit's drafts final. Raises VersionConflict when somebody else has changed or signed them."""
    chart = _seen(material, version)
    at = desk.now().astimezone(ZONE)
    doctor = practitioner_id(desk, user, chart)
    if chart.signed:
        raise VersionConflict("signed already")
    if chart.response is None or material.form is None:
        bundle = _closing(chart, doctor, moment(at))
    else:
        try:
            bundle = sign(chart.resources, material.form, practitioner_id=doctor, at=at)
        except NotSignable as error:
            raise VersionConflict(str(error)) from error
    await desk.charts.transaction(user.organization_id, bundle)


def practitioner_id(desk: Desk, user: User, chart: VisitChart) -> str:
    """In whose name it is done: the doctor's own. The developer stands in for the family doctor."""
    if user.role == "doctor":
        return user.id
    if desk.development and chart.patient:
        for doctor in chart.patient.get("generalPractitioner", ()):
            if id_ := reference_id(doctor):
                return id_
    raise PageProblem(403, "没有权限", "只有医生可以修改和签名。")


def _seen(material: VisitMaterial, version: str) -> VisitChart:
    """The chart, when it still is as the doctor saw it."""
    if material.chart is None or material.chart.version is None:
        raise PageProblem(409, *_NOT_YET)
    if material.chart.version != version:
        raise VersionConflict("another version was shown")
    return material.chart


def _closing(chart: VisitChart, doctor: str, at: str) -> Resource:
    """A visit without a filled form has nothing to sign: its review is done."""
    review = chart.review
    if review is None:
        raise PageProblem(409, *_NOT_YET)
    meta = {name: part for name, part in review["meta"].items() if name not in ("versionId", "lastUpdated")}
    owner = {"reference": f"Practitioner/{doctor}"}
    resource = {**review, "meta": meta, "status": "completed", "lastModified": at, "owner": owner}
    request = {
        "method": "PUT",
        "url": f"Task/{review['id']}",
        "ifMatch": f'W/"{review["meta"]["versionId"]}"',
    }
    entry = {"resource": resource, "request": request}
    return {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}


def _with_reason(bundle: dict[str, Any], reason: str) -> dict[str, Any]:
    """The doctor's reason, kept with who changed what when."""
    if reason:
        for entry in bundle["entry"]:
            if entry["resource"]["resourceType"] == "Provenance":
                entry["resource"]["reason"] = [{"text": reason}]
    return bundle
