"""FHIR elements that the seeded resources share."""

from typing import Any

from assistant.records.vital_signs import CATEGORY, LOINC, UCUM

IDENTITY_NUMBER = "urn:oid:2.16.156.10011.1.3"
"""System of a 居民身份证号 as Patient.identifier."""
ICD_10 = "http://hl7.org/fhir/sid/icd-10"
ATC = "http://www.whocc.no/atc"
SNOMED = "http://snomed.info/sct"
CONSENT_CATEGORY = "urn:health-centre-assistant:consent"
"""Codes `relative-may-answer` (provision.actor names the RelatedPerson) and `follow-up-calls`."""
FORM = "urn:health-centre-assistant:form:followup_hypertension"

_ROLES = {"spouse": ("SPS", "配偶"), "daughter": ("DAUC", "女儿"), "son": ("SONC", "儿子")}
_SMOKING = {
    "never": ("266919005", "从不吸烟"),
    "current": ("77176002", "吸烟"),
    "former": ("8517006", "已戒烟"),
}


def coded(system: str, code: str, text: str) -> dict[str, Any]:
    """A CodeableConcept with one coding."""
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def terminology(name: str, code: str) -> dict[str, Any]:
    """A CodeableConcept from one of FHIR's own code systems."""
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{name}", "code": code}]}


def person(data: dict[str, Any]) -> dict[str, Any]:
    """Name and gender of anybody; family name first, as it is said."""
    name = {"use": "official", "text": data["family"] + data["given"], "family": data["family"]}
    return {"name": [{**name, "given": [data["given"]]}], "gender": data["gender"]}


def phone(number: str, use: str = "mobile") -> dict[str, Any]:
    return {"system": "phone", "value": number, "use": use}


def reference(resource_type: str, resource_id: str) -> dict[str, str]:
    return {"reference": f"{resource_type}/{resource_id}"}


def relationship(relation: str) -> dict[str, Any]:
    """A RelatedPerson.relationship of `spouse`, `daughter` or `son`."""
    code, text = _ROLES[relation]
    return coded("http://terminology.hl7.org/CodeSystem/v3-RoleCode", code, text)


def smoking_status(status: str) -> dict[str, Any]:
    """The value of LOINC 72166-2 for `never`, `current` or `former`."""
    code, text = _SMOKING[status]
    return coded(SNOMED, code, text)


def quantity(value: float, code: str, unit: str) -> dict[str, Any]:
    """A measured value in UCUM."""
    return {"value": value, "unit": unit, "system": UCUM, "code": code}


def observation(
    patient: dict[str, str], code: str, text: str, at: str, *, category: str = "vital-signs", **value: Any
) -> dict[str, Any]:
    """A final Observation of a LOINC code; `value` holds valueQuantity, component or the like."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": category}]}],
        "code": coded(LOINC, code, text),
        "subject": patient,
        "effectiveDateTime": at,
        **value,
    }
