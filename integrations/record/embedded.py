"""The record service that comes with the assistant, behind the port that conversations know."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from pydantic import JsonValue

from assistant.conversations.ports import (
    BloodPressure,
    DeliveryRejected,
    DeliveryUnavailable,
    LastVisit,
    OnFile,
    Relative,
    ResidentRecord,
)
from assistant.dialogue.slots import Speaker
from assistant.records import FhirError, FhirStore
from assistant.records.seeds.elements import CONSENT_CATEGORY, IDENTITY_NUMBER
from assistant.storage import DEFAULT_ORGANIZATION

Resource = dict[str, Any]

_BLOOD_PRESSURE, _SYSTOLIC, _DIASTOLIC = "85354-9", "8480-6", "8462-4"
_HEIGHT, _WEIGHT = "8302-2", "29463-7"
_SMOKING, _PREGNANCY = "72166-2", "82810-3"
_SMOKES = {"77176002": True, "449868002": True, "266919005": False, "8517006": False}
"""SNOMED CT smoking status: smoker, daily smoker; never, former."""
_PREGNANT = "LA15173-0"
_RELATIONS = {
    "SPS": Speaker.SPOUSE,
    "HUSB": Speaker.SPOUSE,
    "WIFE": Speaker.SPOUSE,
    "CHILD": Speaker.CHILD,
    "DAUC": Speaker.CHILD,
    "SONC": Speaker.CHILD,
    "PRN": Speaker.PARENT,
    "MTH": Speaker.PARENT,
    "FTH": Speaker.PARENT,
}
_CLASSIFICATION = "classification"
_SIGNED_OBSERVATIONS = [
    ("status", "final,amended,corrected"),
    ("code", ",".join((_BLOOD_PRESSURE, _HEIGHT, _WEIGHT, _SMOKING, _PREGNANCY))),
    ("_sort", "-date"),
]
_MOST = "200"
"""Resources of one kind that are read: far more than anybody has of those that matter here."""


class EmbeddedRecords:
    """Reads the charts of one organisation from the embedded store and writes transactions to it."""

    def __init__(self, store: FhirStore, organization_id: str = DEFAULT_ORGANIZATION) -> None:
        self._store = store
        self._organization_id = organization_id

    async def resident(self, resident_id: str) -> ResidentRecord | None:
        """What is on file of a resident, None when there is no such Patient."""
        try:
            patient = (await self._store.read("Patient", resident_id, self._organization_id)).content
        except FhirError as error:
            if error.status in (400, 404, 410):
                return None
            raise
        of_patient = [("patient", resident_id)]
        conditions, medications, observations, relatives, consents, forms = await asyncio.gather(
            self._found("Condition", [*of_patient, ("clinical-status", "active")]),
            self._found("MedicationStatement", [*of_patient, ("status", "active")]),
            self._found("Observation", [*of_patient, *_SIGNED_OBSERVATIONS]),
            self._found("RelatedPerson", of_patient),
            self._found("Consent", [*of_patient, ("status", "active")]),
            self._found("QuestionnaireResponse", [*of_patient, ("status", "completed,amended")]),
        )
        newest = sorted(observations, key=_effective, reverse=True)
        practitioner_id = _practitioner_id(patient)
        return ResidentRecord(
            id=resident_id,
            name=_name(patient),
            sex=_sex(patient),
            birth_date=_full_date(patient.get("birthDate")),
            id_last4=_id_last4(patient),
            phone=next(_values(patient.get("telecom", []), "phone"), None),
            pregnant=_coded(newest, _PREGNANCY, {_PREGNANT: True}),
            practitioner_id=practitioner_id,
            doctor_name=await self._practitioner_name(practitioner_id),
            on_file=OnFile(
                medications=tuple(_text(one.get("medicationCodeableConcept")) for one in medications),
                conditions=tuple(_text(one.get("code")) for one in conditions),
                height_cm=_quantity(newest, _HEIGHT),
                weight_kg=_quantity(newest, _WEIGHT),
                smokes=_coded(newest, _SMOKING, _SMOKES),
                last_visit=_last_visit(newest, forms),
            ),
            relatives=tuple(_relatives(relatives, consents)),
        )

    async def deliver(self, bundle: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """Apply a transaction Bundle. A refusal (4xx) is final; anything else may pass later."""
        try:
            return await self._store.process(bundle, organization_id=self._organization_id)
        except FhirError as error:
            if 400 <= error.status < 500:
                raise DeliveryRejected(f"HTTP {error.status}: {error}", error.status) from None
            raise DeliveryUnavailable(f"HTTP {error.status}: {error}", error.status) from None

    async def _found(self, type_: str, parameters: list[tuple[str, str]]) -> list[Resource]:
        asked = [*parameters, ("_count", _MOST)]
        page = await self._store.search(type_, asked, strict=True, organization_id=self._organization_id)
        return [stored.content for stored in page.found]

    async def _practitioner_name(self, practitioner_id: str | None) -> str | None:
        if practitioner_id is None:
            return None
        try:
            stored = await self._store.read("Practitioner", practitioner_id, self._organization_id)
        except FhirError:
            return None
        return _name(stored.content) or None


def _name(person: Resource) -> str:
    for name in person.get("name", []):
        written = name.get("text") or name.get("family", "") + "".join(name.get("given", []))
        if written:
            return str(written)
    return ""


def _sex(patient: Resource) -> Literal["M", "F"] | None:
    match patient.get("gender"):
        case "male":
            return "M"
        case "female":
            return "F"
    return None


def _full_date(value: str | None) -> str | None:
    """FHIR dates may lack day or month; an age cannot be told from those."""
    return value if value is not None and len(value) == len("2000-01-01") else None


def _id_last4(patient: Resource) -> str | None:
    for identifier in patient.get("identifier", []):
        if identifier.get("system") == IDENTITY_NUMBER and identifier.get("value"):
            return str(identifier["value"])[-4:].upper()
    return None


def _practitioner_id(patient: Resource) -> str | None:
    for practitioner in patient.get("generalPractitioner", []):
        type_, _, id_ = str(practitioner.get("reference", "")).rpartition("/")
        if type_ == "Practitioner" or type_.endswith("/Practitioner"):
            return id_
    return None


def _values(telecom: Iterable[Resource], system: str) -> Iterator[str]:
    return (point["value"] for point in telecom if point.get("system") == system and point.get("value"))


def _text(concept: Resource | None) -> str:
    concept = concept or {}
    coding = (concept.get("coding") or [{}])[0]
    return str(concept.get("text") or coding.get("display") or coding.get("code") or "")


def _codes(concept: Resource | None) -> set[str]:
    return {coding["code"] for coding in (concept or {}).get("coding", []) if "code" in coding}


def _effective(observation: Resource) -> str:
    return str(observation.get("effectiveDateTime", ""))


def _quantity(newest: Iterable[Resource], code: str) -> float | None:
    for observation in newest:
        value = observation.get("valueQuantity", {}).get("value")
        if code in _codes(observation.get("code")) and value is not None:
            return float(value)
    return None


def _coded(newest: Iterable[Resource], code: str, meanings: dict[str, bool]) -> bool | None:
    """What the newest observation of that code means; None when there is none or it says something else."""
    for observation in newest:
        if code in _codes(observation.get("code")):
            values = _codes(observation.get("valueCodeableConcept"))
            return next((meanings[value] for value in values if value in meanings), None)
    return None


def _last_visit(newest: Iterable[Resource], forms: Iterable[Resource]) -> LastVisit | None:
    """The newest signed form that carries a classification, and the newest reading of the blood pressure."""
    reading, reading_date = _blood_pressure(newest)
    for form in sorted(forms, key=lambda one: str(one.get("authored", "")), reverse=True):
        classification = _classification(form)
        if classification is not None:
            date = str(form.get("authored", ""))[:10] or reading_date
            return LastVisit(date=date, blood_pressure=reading, classification=classification)
    if reading is None:
        return None
    return LastVisit(date=reading_date, blood_pressure=reading)


def _blood_pressure(newest: Iterable[Resource]) -> tuple[BloodPressure | None, str | None]:
    for observation in newest:
        if _BLOOD_PRESSURE in _codes(observation.get("code")):
            components = observation.get("component", [])
            systolic, diastolic = _quantity(components, _SYSTOLIC), _quantity(components, _DIASTOLIC)
            if systolic is not None and diastolic is not None:
                reading = BloodPressure(systolic=systolic, diastolic=diastolic)
                return reading, _effective(observation)[:10] or None
    return None, None


def _classification(form: Resource) -> str | None:
    for item in form.get("item", []):
        if item.get("linkId") == _CLASSIFICATION:
            for answer in item.get("answer", []):
                display = answer.get("valueCoding", {}).get("display") or answer.get("valueString")
                return str(display) if display else None
    return None


def _relatives(relatives: Iterable[Resource], consents: Iterable[Resource]) -> Iterator[Relative]:
    allowed = {
        actor.get("reference", {}).get("reference")
        for consent in consents
        if _lets_relatives_answer(consent)
        for actor in consent["provision"].get("actor", [])
    }
    for relative in relatives:
        codes = {code for concept in relative.get("relationship", []) for code in _codes(concept)}
        relation = next((_RELATIONS[code] for code in codes if code in _RELATIONS), Speaker.RELATIVE)
        may_answer = f"RelatedPerson/{relative.get('id')}" in allowed
        yield Relative(name=_name(relative), relation=relation, may_answer=may_answer)


def _lets_relatives_answer(consent: Resource) -> bool:
    codings = [coding for category in consent.get("category", []) for coding in category.get("coding", [])]
    named = {"system": CONSENT_CATEGORY, "code": "relative-may-answer"}
    return (
        any(named.items() <= coding.items() for coding in codings)
        and consent.get("provision", {}).get("type") == "permit"
    )
