"""What a conversation left in the chart, who changed it since, and the visit before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from assistant.care.chart.naming import ENTRIES, part_of
from assistant.care.chart.reading import recorded
from assistant.care.form import Form
from assistant.console.ports import Charts, Resource
from assistant.console.queries.filled_form import SIGNED
from assistant.console.queries.tasks import instant, name_of, reference_id

_BROUGHT = ("QuestionnaireResponse", "Observation", "Task")


@dataclass(frozen=True)
class Change:
    """Somebody verified or corrected the form; `version` is the one that it made."""

    version: int
    by: str | None
    at: datetime | None
    reason: str


@dataclass(frozen=True)
class VisitChart:
    """The chart entries of one visit. `versions` of the filled form, newest first, when there are several."""

    resources: tuple[Resource, ...]
    patient: Resource | None
    versions: tuple[Resource, ...] = ()
    changes: tuple[Change, ...] = ()
    previous: Mapping[str, JsonValue] = field(default_factory=dict)
    practitioners: Mapping[str, str] = field(default_factory=dict)

    @property
    def response(self) -> Resource | None:
        """The filled form, None where nothing was answered."""
        return _one(self.resources, "QuestionnaireResponse", "response")

    @property
    def review(self) -> Resource | None:
        """The Task to review and sign."""
        return _one(self.resources, "Task", "review")

    @property
    def version(self) -> str | None:
        """What is reviewed, as it stands: changes are refused when it has moved on."""
        shown = self.response or self.review
        return str(shown["meta"]["versionId"]) if shown else None

    @property
    def signed(self) -> bool:
        """Whether a doctor has signed."""
        if self.response is not None:
            return self.response["status"] in SIGNED
        return self.review is not None and self.review["status"] == "completed"

    @property
    def signature(self) -> Change | None:
        """The change that made the form final."""
        final = [v for v in self.versions if v["status"] in SIGNED]
        if not final:
            return None
        first = min(int(version["meta"]["versionId"]) for version in final)
        return next((change for change in self.changes if change.version == first), None)


async def read(charts: Charts, organization_id: str, conversation_id: str, form: Form) -> VisitChart:
    """The entries of a visit, in at most five searches whatever their number."""
    encounter = f"{ENTRIES}|{conversation_id}/{form.form}/encounter"
    found = await charts.search(
        organization_id,
        "Encounter",
        [
            ("identifier", encounter),
            *(("_revinclude", f"{type_}:encounter") for type_ in _BROUGHT),
            ("_include", "Encounter:patient"),
        ],
    )
    resources = tuple(r for r in found.included if r["resourceType"] in _BROUGHT)
    patient = next((r for r in found.included if r["resourceType"] == "Patient"), None)
    response = _one(resources, "QuestionnaireResponse", "response")
    if response is None:
        return VisitChart(resources, patient)
    versions: tuple[Resource, ...] = ()
    changes: tuple[Change, ...] = ()
    if response["meta"]["versionId"] != "1":
        versions = tuple(await charts.history(organization_id, "QuestionnaireResponse", response["id"]))
        changes = await _changes(charts, organization_id, response["id"])
    names = await _names(charts, organization_id, {change.by for change in changes if change.by})
    previous = await _previous(charts, organization_id, response, form)
    return VisitChart(resources, patient, versions, changes, previous, names)


async def _changes(charts: Charts, organization_id: str, response_id: str) -> tuple[Change, ...]:
    """By the Provenance that each change left: it names the version before."""
    target = f"QuestionnaireResponse/{response_id}"
    found = await charts.search(organization_id, "Provenance", [("target", target), ("_count", "100")])
    changes = []
    for resource in found.matched:
        for entity in resource.get("entity", ()):
            before, _, version = entity.get("what", {}).get("reference", "").partition("/_history/")
            if entity.get("role") == "revision" and before == target and version.isdigit():
                agent = resource["agent"][0]["who"]
                reasons = [reason.get("text", "") for reason in resource.get("reason", ())]
                at = instant(resource["recorded"])
                changes.append(Change(int(version) + 1, reference_id(agent), at, "；".join(reasons)))
    return tuple(sorted(changes, key=lambda change: change.version))


async def _names(charts: Charts, organization_id: str, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    found = await charts.search(organization_id, "Practitioner", [("_id", ",".join(sorted(ids)))])
    return {one["id"]: name_of(one) for one in found.matched}


async def _previous(
    charts: Charts, organization_id: str, response: Resource, form: Form
) -> Mapping[str, JsonValue]:
    """The values of the last signed form of the same kind before this one."""
    query = [
        ("subject", response["subject"]["reference"]),
        ("questionnaire", form.url),
        ("status", ",".join(SIGNED)),
        ("authored", f"lt{response['authored']}"),
        ("_sort", "-authored"),
        ("_count", "1"),
    ]
    found = await charts.search(organization_id, "QuestionnaireResponse", query)
    return recorded(found.matched[0], form) if found.matched else {}


def _one(resources: tuple[Resource, ...], type_: str, part: str) -> Resource | None:
    return next((r for r in resources if r["resourceType"] == type_ and part_of(r) == part), None)
