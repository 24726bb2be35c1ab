"""The chart of a fictional resident as FHIR resources, dated back from the day of seeding."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from assistant.records.dates import LOCAL_ZONE
from assistant.records.seeds.elements import (
    ATC,
    CONSENT_CATEGORY,
    FORM,
    ICD_10,
    IDENTITY_NUMBER,
    coded,
    observation,
    person,
    phone,
    quantity,
    reference,
    relationship,
    smoking_status,
    terminology,
)
from assistant.records.vital_signs import BLOOD_PRESSURE, DIASTOLIC, LOINC, SYSTOLIC
from assistant.storage import DEFAULT_ORGANIZATION

ORGANIZATION = DEFAULT_ORGANIZATION
"""The centre's id in the charts is that of its tenant: chart entries name it so."""
DEVICE = "assistant"
_CLASSIFICATIONS = {"控制满意": "1", "控制不满意": "2", "不良反应": "3", "并发症": "4"}
_MEASURED = (
    ("heart_rate", "8867-4", "心率", "/min", "次/分", "vital-signs"),
    ("weight_kg", "29463-7", "体重", "kg", "kg", "vital-signs"),
    ("oxygen_saturation", "2708-6", "血氧饱和度", "%", "%", "vital-signs"),
    ("fasting_glucose", "14771-0", "空腹血糖", "mmol/L", "mmol/L", "laboratory"),
)


def colleagues(staff: dict[str, Any], organization_id: str) -> Iterator[dict[str, Any]]:
    """The people who work at the centre."""
    for role, text in (("doctors", "家庭医生"), ("nurses", "护士")):
        for member in staff[role]:
            yield {"resourceType": "Practitioner", "id": member["id"], "active": True, **person(member)}
            yield {
                "resourceType": "PractitionerRole",
                "id": f"{member['id']}-role",
                "active": True,
                "practitioner": reference("Practitioner", member["id"]),
                "organization": reference("Organization", organization_id),
                "code": [{**terminology("practitioner-role", role.removesuffix("s")), "text": text}],
            }


def chart(resident: dict[str, Any], today: date, organization_id: str) -> Iterator[dict[str, Any]]:
    """Everything on file of one resident; ids are made from that of the resident."""
    patient = reference("Patient", resident["id"])
    organization = reference("Organization", organization_id)
    yield {**_patient(resident), "managingOrganization": organization}
    yield from _numbered(
        resident, "relative", (_relative(one, patient) for one in resident.get("relatives", ()))
    )
    yield from _numbered(resident, "condition", (_condition(one, patient) for one in resident["conditions"]))
    yield from _numbered(
        resident, "medication", (_medication(one, patient) for one in resident["medications"])
    )
    yield from _numbered(resident, "consent", _consents(resident, patient, today))
    yield from _last_visit(resident, patient, today, organization)


def _patient(resident: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": resident["id"],
        "active": True,
        "identifier": [{"use": "official", "system": IDENTITY_NUMBER, "value": resident["identity_number"]}],
        **person(resident),
        "telecom": [phone(resident["phone"])],
        "birthDate": resident["birth_date"],
        "address": [{"use": "home", "text": resident["address"]}],
        "generalPractitioner": [reference("Practitioner", resident["doctor"])],
    }


def _relative(relative: dict[str, Any], patient: dict[str, str]) -> dict[str, Any]:
    return {
        "resourceType": "RelatedPerson",
        "active": True,
        "patient": patient,
        "relationship": [relationship(relative["relation"])],
        **person(relative),
        "telecom": [phone(relative["phone"])],
    }


def _condition(condition: dict[str, Any], patient: dict[str, str]) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "clinicalStatus": terminology("condition-clinical", "active"),
        "verificationStatus": terminology("condition-ver-status", "confirmed"),
        "category": [terminology("condition-category", "problem-list-item")],
        "code": coded(ICD_10, condition["code"], condition["text"]),
        "subject": patient,
        "onsetDateTime": condition["since"],
    }


def _medication(medication: dict[str, Any], patient: dict[str, str]) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": {
            "coding": [{"system": ATC, "code": medication["atc"]}],
            "text": medication["text"],
        },
        "subject": patient,
        "dosage": [{"text": medication["dosage"]}],
    }


def _consents(resident: dict[str, Any], patient: dict[str, str], today: date) -> Iterator[dict[str, Any]]:
    """To follow-up calls, and, where the resident said so, to a relative answering for her."""
    given = _at(today - timedelta(days=resident["last_visit"]["days_ago"]))
    yield _consent(patient, "follow-up-calls", "同意电话随访", given, {"type": "permit"})
    for position, relative in enumerate(resident.get("relatives", ()), start=1):
        if relative["may_answer"]:
            actor = {
                "role": terminology("v3-ParticipationType", "IRCP"),
                "reference": reference("RelatedPerson", f"{resident['id']}-relative-{position}"),
            }
            provision = {"type": "permit", "actor": [actor]}
            yield _consent(patient, "relative-may-answer", "同意家属代答", given, provision)


def _consent(
    patient: dict[str, str], code: str, text: str, given: str, provision: dict[str, Any]
) -> dict[str, Any]:
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": terminology("consentscope", "patient-privacy"),
        "category": [coded(CONSENT_CATEGORY, code, text)],
        "patient": patient,
        "dateTime": given,
        "policyRule": terminology("v3-ActCode", "OPTIN"),
        "provision": provision,
    }


def _last_visit(
    resident: dict[str, Any], patient: dict[str, str], today: date, organization: dict[str, str]
) -> Iterator[dict[str, Any]]:
    visit = resident["last_visit"]
    at = _at(today - timedelta(days=visit["days_ago"]))
    encounter = {"encounter": reference("Encounter", f"{resident['id']}-last-visit")}
    yield {**_encounter(resident, patient, at), "serviceProvider": organization}
    yield from _numbered(
        resident,
        "observation",
        ({**one, **encounter} for one in _observations(resident, patient, at)),
    )
    yield _form(resident, patient, at) | encounter


def _encounter(resident: dict[str, Any], patient: dict[str, str], at: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": f"{resident['id']}-last-visit",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "type": [{"text": "高血压随访（门诊）"}],
        "subject": patient,
        "participant": [{"individual": reference("Practitioner", resident["doctor"])}],
        "period": {"start": at, "end": at},
    }


def _observations(resident: dict[str, Any], patient: dict[str, str], at: str) -> Iterator[dict[str, Any]]:
    visit = resident["last_visit"]
    halves = ((SYSTOLIC, "收缩压", visit["systolic"]), (DIASTOLIC, "舒张压", visit["diastolic"]))
    yield observation(
        patient,
        BLOOD_PRESSURE,
        "血压",
        at,
        component=[
            {"code": coded(LOINC, code, text), "valueQuantity": quantity(value, "mm[Hg]", "mmHg")}
            for code, text, value in halves
        ],
    )
    for name, code, text, unit, shown, category in _MEASURED:
        if name in visit:
            value = quantity(visit[name], unit, shown)
            yield observation(patient, code, text, at, category=category, valueQuantity=value)
    height = quantity(resident["height_cm"], "cm", "cm")
    yield observation(patient, "8302-2", "身高", at, valueQuantity=height)
    smoking = smoking_status(resident["smoking"])
    yield observation(
        patient, "72166-2", "吸烟状况", at, category="social-history", valueCodeableConcept=smoking
    )
    if resident.get("pregnant"):
        pregnant = coded(LOINC, "LA15173-0", "妊娠")
        yield observation(
            patient, "82810-3", "妊娠状态", at, category="social-history", valueCodeableConcept=pregnant
        )


def _form(resident: dict[str, Any], patient: dict[str, str], at: str) -> dict[str, Any]:
    """The follow-up form of the last visit, as far as the next one needs it."""
    visit = resident["last_visit"]
    classification = visit["classification"]
    code = _CLASSIFICATIONS[classification]
    answers = {
        "systolic": ("收缩压", {"valueQuantity": quantity(visit["systolic"], "mm[Hg]", "mmHg")}),
        "diastolic": ("舒张压", {"valueQuantity": quantity(visit["diastolic"], "mm[Hg]", "mmHg")}),
    }
    halves = [
        {"linkId": f"blood_pressure.{name}", "text": text, "answer": [answer]}
        for name, (text, answer) in answers.items()
    ]
    coding = {"system": f"{FORM}:classification", "code": code, "display": classification}
    return {
        "resourceType": "QuestionnaireResponse",
        "id": f"{resident['id']}-last-form",
        "questionnaire": f"{FORM}|3.0",
        "status": "completed",
        "subject": patient,
        "authored": at,
        "author": reference("Practitioner", resident["doctor"]),
        "item": [
            {"linkId": "blood_pressure", "text": "血压", "item": halves},
            {"linkId": "classification", "text": "此次随访分类", "answer": [{"valueCoding": coding}]},
        ],
    }


def _numbered(
    resident: dict[str, Any], kind: str, resources: Iterator[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    for position, resource in enumerate(resources, start=1):
        yield {**resource, "id": f"{resident['id']}-{kind}-{position}"}


def _at(day: date) -> str:
    return datetime.combine(day, time(9, 30), LOCAL_ZONE).isoformat()
