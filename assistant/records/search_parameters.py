"""Which resource types are stored, and by what each can be searched (names and paths of FHIR R4)."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Kind(StrEnum):
    """How a parameter's values are indexed and compared."""

    TOKEN = "token"
    """`system|code`: codes, identifiers, booleans, telephone numbers."""
    REFERENCE = "reference"
    CANONICAL = "canonical"
    """A reference by URL, with or without `|version`."""
    DATE = "date"
    STRING = "string"
    """Starts-with, whatever the case."""
    URI = "uri"


@dataclass(frozen=True)
class SearchParameter:
    """One way to search. `paths` lead to the values; `target` keeps only references to that type."""

    name: str
    kind: Kind
    paths: tuple[str, ...]
    target: str | None = None


def _parameters(kind: Kind, **paths: str) -> tuple[SearchParameter, ...]:
    return tuple(
        SearchParameter(name.replace("_", "-"), kind, tuple(path.split()), _target(name))
        for name, path in paths.items()
    )


def _target(name: str) -> str | None:
    return "Patient" if name == "patient" else None


def _tokens(**paths: str) -> tuple[SearchParameter, ...]:
    return _parameters(Kind.TOKEN, identifier="identifier", **paths)


def _references(**paths: str) -> tuple[SearchParameter, ...]:
    return _parameters(Kind.REFERENCE, **paths)


def _dates(**paths: str) -> tuple[SearchParameter, ...]:
    return _parameters(Kind.DATE, **paths)


def _strings(**paths: str) -> tuple[SearchParameter, ...]:
    return _parameters(Kind.STRING, **paths)


_PERSON = _strings(name="name.text name.family name.given") + _parameters(
    Kind.TOKEN, gender="gender", phone="telecom.value", active="active"
)
_OF_PATIENT = _references(patient="subject", subject="subject")
_IN_ENCOUNTER = _OF_PATIENT + _references(encounter="encounter")

_TYPES: dict[str, tuple[SearchParameter, ...]] = {
    "Patient": _tokens(deceased="deceasedBoolean")
    + _PERSON
    + _dates(birthdate="birthDate")
    + _references(general_practitioner="generalPractitioner", organization="managingOrganization"),
    "RelatedPerson": _tokens(relationship="relationship")
    + _PERSON
    + _dates(birthdate="birthDate")
    + _references(patient="patient"),
    "Practitioner": _tokens() + _PERSON,
    "PractitionerRole": _tokens(active="active", role="code", specialty="specialty")
    + _references(practitioner="practitioner", organization="organization", location="location"),
    "Organization": _tokens(active="active", type="type", phone="telecom.value")
    + _strings(name="name alias")
    + _references(partof="partOf"),
    "Location": _tokens(status="status", type="type")
    + _strings(name="name alias")
    + _references(organization="managingOrganization", partof="partOf"),
    "Device": _tokens(status="status", type="type")
    + _references(patient="patient", organization="owner", location="location"),
    "CareTeam": _tokens(status="status", category="category")
    + _dates(date="period")
    + _IN_ENCOUNTER
    + _references(participant="participant.member"),
    "Condition": _tokens(
        code="code",
        category="category",
        clinical_status="clinicalStatus",
        verification_status="verificationStatus",
        severity="severity",
    )
    + _dates(onset_date="onsetDateTime onsetPeriod", recorded_date="recordedDate")
    + _IN_ENCOUNTER
    + _references(asserter="asserter"),
    "AllergyIntolerance": _tokens(
        code="code reaction.substance",
        category="category",
        clinical_status="clinicalStatus",
        verification_status="verificationStatus",
        criticality="criticality",
        type="type",
    )
    + _dates(date="recordedDate", onset="reaction.onset", last_date="lastOccurrence")
    + _references(patient="patient", recorder="recorder", asserter="asserter"),
    "FamilyMemberHistory": _tokens(
        status="status", code="condition.code", relationship="relationship", sex="sex"
    )
    + _dates(date="date")
    + _references(patient="patient"),
    "MedicationStatement": _tokens(status="status", category="category", code="medicationCodeableConcept")
    + _dates(effective="effectiveDateTime effectivePeriod")
    + _OF_PATIENT
    + _references(context="context", source="informationSource", part_of="partOf"),
    "Observation": _tokens(
        status="status",
        category="category",
        code="code",
        combo_code="code component.code",
        component_code="component.code",
        method="method",
        value_concept="valueCodeableConcept",
        data_absent_reason="dataAbsentReason",
    )
    + _dates(date="effectiveDateTime effectivePeriod effectiveInstant")
    + _IN_ENCOUNTER
    + _references(
        based_on="basedOn",
        part_of="partOf",
        performer="performer",
        focus="focus",
        device="device",
        derived_from="derivedFrom",
        has_member="hasMember",
    ),
    "DiagnosticReport": _tokens(status="status", category="category", code="code")
    + _dates(date="effectiveDateTime effectivePeriod", issued="issued")
    + _IN_ENCOUNTER
    + _references(based_on="basedOn", performer="performer", result="result"),
    "Questionnaire": _tokens(status="status", code="item.code", version="version")
    + _parameters(Kind.URI, url="url")
    + _strings(name="name", title="title")
    + _dates(date="date"),
    "QuestionnaireResponse": _tokens(status="status")
    + _parameters(Kind.CANONICAL, questionnaire="questionnaire")
    + _dates(authored="authored")
    + _IN_ENCOUNTER
    + _references(author="author", source="source", based_on="basedOn", part_of="partOf"),
    "Encounter": _tokens(status="status", type="type", reason_code="reasonCode")
    + _parameters(Kind.TOKEN, **{"class": "class"})
    + _dates(date="period")
    + _OF_PATIENT
    + _references(
        based_on="basedOn",
        part_of="partOf",
        participant="participant.individual",
        service_provider="serviceProvider",
        appointment="appointment",
    ),
    "Communication": _tokens(status="status", category="category", medium="medium")
    + _dates(sent="sent", received="received")
    + _IN_ENCOUNTER
    + _references(based_on="basedOn", part_of="partOf", sender="sender", recipient="recipient"),
    "CommunicationRequest": _tokens(
        status="status", category="category", medium="medium", priority="priority"
    )
    + _dates(authored="authoredOn", occurrence="occurrenceDateTime occurrencePeriod")
    + _IN_ENCOUNTER
    + _references(based_on="basedOn", sender="sender", recipient="recipient", requester="requester"),
    "Task": _tokens(
        status="status",
        code="code",
        intent="intent",
        priority="priority",
        business_status="businessStatus",
        performer="performerType",
        group_identifier="groupIdentifier",
    )
    + _dates(authored_on="authoredOn", modified="lastModified", period="executionPeriod")
    + _references(
        patient="for",
        subject="for",
        encounter="encounter",
        owner="owner",
        requester="requester",
        focus="focus",
        based_on="basedOn",
        part_of="partOf",
    ),
    "ServiceRequest": _tokens(
        status="status", code="code", category="category", intent="intent", priority="priority"
    )
    + _dates(authored="authoredOn", occurrence="occurrenceDateTime occurrencePeriod")
    + _IN_ENCOUNTER
    + _references(based_on="basedOn", requester="requester", performer="performer"),
    "Flag": _tokens(status="status", category="category", code="code")
    + _dates(date="period")
    + _IN_ENCOUNTER
    + _references(author="author"),
    "DetectedIssue": _tokens(status="status", code="code", severity="severity")
    + _dates(identified="identifiedDateTime identifiedPeriod")
    + _references(patient="patient", author="author", implicated="implicated"),
    "Provenance": _parameters(
        Kind.TOKEN, agent_type="agent.type", agent_role="agent.role", activity="activity"
    )
    + _dates(recorded="recorded", when="occurredDateTime occurredPeriod")
    + _references(patient="target", target="target", agent="agent.who", entity="entity.what"),
    "AuditEvent": _parameters(Kind.TOKEN, type="type", subtype="subtype", action="action", outcome="outcome")
    + _dates(date="recorded")
    + _references(patient="agent.who entity.what", agent="agent.who", entity="entity.what"),
    "Consent": _tokens(status="status", category="category", scope="scope", action="provision.action")
    + _dates(date="dateTime", period="provision.period")
    + _references(patient="patient", consentor="performer", organization="organization"),
    "Appointment": _tokens(
        status="status",
        specialty="specialty",
        service_type="serviceType",
        appointment_type="appointmentType",
        part_status="participant.status",
    )
    + _dates(date="start")
    + _references(patient="participant.actor", actor="participant.actor", slot="slot", based_on="basedOn"),
    "Schedule": _tokens(active="active", service_type="serviceType", specialty="specialty")
    + _dates(date="planningHorizon")
    + _references(actor="actor"),
    "Slot": _tokens(status="status", service_type="serviceType", specialty="specialty")
    + _dates(start="start")
    + _references(schedule="schedule"),
    "Immunization": _tokens(status="status", vaccine_code="vaccineCode")
    + _dates(date="occurrenceDateTime", reaction_date="reaction.date")
    + _references(patient="patient", performer="performer.actor", location="location"),
    "ImmunizationRecommendation": _tokens(
        vaccine_type="recommendation.vaccineCode", status="recommendation.forecastStatus"
    )
    + _dates(date="date")
    + _references(patient="patient"),
    "DocumentReference": _tokens(status="status", type="type", category="category")
    + _dates(date="date", period="context.period")
    + _OF_PATIENT
    + _references(encounter="context.encounter", author="author", custodian="custodian"),
    "Media": _tokens(status="status", type="type", modality="modality")
    + _dates(created="createdDateTime createdPeriod")
    + _IN_ENCOUNTER
    + _references(based_on="basedOn", operator="operator", device="device"),
    "CarePlan": _tokens(status="status", category="category", intent="intent")
    + _dates(date="period")
    + _IN_ENCOUNTER
    + _references(based_on="basedOn", part_of="partOf", care_team="careTeam", condition="addresses"),
    "Composition": _tokens(status="status", type="type", category="category", section="section.code")
    + _dates(date="date", period="event.period")
    + _IN_ENCOUNTER
    + _references(author="author", attester="attester.party", entry="section.entry"),
    "List": _tokens(status="status", code="code")
    + _strings(title="title")
    + _dates(date="date")
    + _IN_ENCOUNTER
    + _references(source="source", item="entry.item"),
}

STORED_TYPES = tuple(sorted(_TYPES))


@cache
def parameters_of(resource_type: str) -> dict[str, SearchParameter]:
    """The search parameters of a stored type by name; `_id` and `_lastUpdated` work for every type."""
    return {parameter.name: parameter for parameter in _TYPES[resource_type]}
