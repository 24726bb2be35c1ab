"""Tasks of the chart as the pages read them: to be signed, promised, done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from assistant.care.chart.naming import CONCLUSIONS, ENTRIES, TASKS
from assistant.console.ports import Resource
from assistant.console.views import Person
from assistant.console.wording import SEXES
from assistant.conversations.clock import ZONE

OPEN = "requested,received,accepted,ready,in-progress,on-hold"
REVIEW = f"{TASKS}|review"
KIND_OF_PROMISE = {
    "callback": "回拨电话",
    "handoff": "转人工接待",
    "question": "答复提问",
    "service-request": "办理要求",
    "contact-update": "更新联系方式",
    "do-not-call": "停止外呼",
    "death-reported": "核实去世情况",
    "wrong-number": "核实电话号码",
    "complaint": "处理投诉",
    "emergency": "紧急情况处理",
}
"""Tasks that were promised to a resident or that a call makes necessary, by their code."""
PROMISED = ",".join(f"{TASKS}|{code}" for code in KIND_OF_PROMISE)


@dataclass(frozen=True)
class ChartTask:
    """One Task. `conclusions` of a review: classification, alert_level, next_step, disposition."""

    id: str
    conversation_id: str | None
    form: str | None
    code: str | None
    description: str
    patient_id: str | None
    authored: datetime | None
    modified: datetime | None
    due: datetime | None
    due_day: date | None
    notes: tuple[str, ...]
    conclusions: Mapping[str, str]
    focus_id: str | None
    owner_id: str | None

    @classmethod
    def of(cls, resource: Resource) -> "ChartTask":
        """The Task in `resource`."""
        conversation_id, form = _origin(resource)
        due = resource.get("restriction", {}).get("period", {}).get("end")
        return cls(
            id=resource["id"],
            conversation_id=conversation_id,
            form=form,
            code=_code(resource.get("code"), TASKS),
            description=resource.get("description", ""),
            patient_id=reference_id(resource.get("for")),
            authored=instant(resource.get("authoredOn")),
            modified=instant(resource.get("lastModified")),
            due=instant(due),
            due_day=date.fromisoformat(due[:10]) if due else None,
            notes=tuple(note["text"] for note in resource.get("note", ())),
            conclusions={
                code: str(entry.get("valueString"))
                for entry in resource.get("input", ())
                if (code := _code(entry.get("type"), CONCLUSIONS))
            },
            focus_id=reference_id(resource.get("focus")),
            owner_id=reference_id(resource.get("owner")),
        )


def instant(text: str | None) -> datetime | None:
    """A FHIR dateTime in local time; None for none, or for a bare date."""
    if not text or "T" not in text:
        return None
    return datetime.fromisoformat(text).astimezone(ZONE)


def reference_id(reference: Mapping[str, Any] | None) -> str | None:
    """The id in a reference `Type/id`."""
    target = (reference or {}).get("reference", "")
    return target.rsplit("/", 1)[-1] or None


def person(patient: Resource, today: date) -> Person:
    """A Patient as named in a list."""
    born = patient.get("birthDate", "")
    age = None
    if len(born) == 10:
        day = date.fromisoformat(born)
        age = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    return Person(patient.get("id"), name_of(patient), age, SEXES.get(patient.get("gender", "")))


def name_of(somebody: Resource) -> str:
    """The name of a Patient or Practitioner as it is written."""
    names = somebody.get("name") or [{}]
    name = names[0].get("text") or names[0].get("family", "") + "".join(names[0].get("given", ()))
    return name or "姓名不详"


@dataclass(frozen=True)
class Included:
    """What a search of Tasks brought along, by id: residents, doctors, classes of the filled forms."""

    people: Mapping[str, Person]
    practitioners: Mapping[str, str]
    classifications: Mapping[str, str | None]

    @classmethod
    def of(cls, resources: Iterable[Resource], today: date) -> "Included":
        """The resources by what they tell; ages are as of `today`."""
        kinds: dict[str, list[Resource]] = {}
        for resource in resources:
            kinds.setdefault(resource["resourceType"], []).append(resource)
        return cls(
            people={one["id"]: person(one, today) for one in kinds.get("Patient", ())},
            practitioners={one["id"]: name_of(one) for one in kinds.get("Practitioner", ())},
            classifications={one["id"]: _class_of(one) for one in kinds.get("QuestionnaireResponse", ())},
        )


def uncited(note: str) -> str:
    """A reason of a review without its citation."""
    return note.partition("（依据：")[0]


def _class_of(response: Resource) -> str | None:
    for item in response.get("item", ()):
        if item["linkId"] == "classification" and item.get("answer"):
            return str(item["answer"][0].get("valueCoding", {}).get("display"))
    return None


def _origin(resource: Resource) -> tuple[str | None, str | None]:
    """Conversation and form of one of our entries: its identifier is `<conversation>/<form>/<part>`."""
    for identifier in resource.get("identifier", ()):
        parts = identifier.get("value", "").split("/", 2)
        if identifier.get("system") == ENTRIES and len(parts) == 3:
            return parts[0], parts[1]
    return None, None


def _code(concept: Mapping[str, Any] | None, system: str) -> str | None:
    codings = (concept or {}).get("coding", ())
    return next((coding["code"] for coding in codings if coding.get("system") == system), None)
