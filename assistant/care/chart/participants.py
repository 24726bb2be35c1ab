"""Who took part, where the chart does not know them yet: the assistant, and a relative who answered."""

from assistant.care.chart.datatypes import concept, machine_made
from assistant.care.chart.draft import Draft
from assistant.care.chart.naming import Resource
from assistant.dialogue.slots import Speaker

ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_RELATIONS = {
    Speaker.SPOUSE: ("SPS", "spouse", "配偶"),
    Speaker.CHILD: ("CHILD", "child", "子女"),
    Speaker.PARENT: ("PRN", "parent", "父母"),
    Speaker.RELATIVE: ("FAMMEMB", "family member", "亲属"),
}

_OTHERS = {Speaker.CARER: "照护者"}


def device(draft: Draft) -> Resource:
    """The assistant itself."""
    return {
        "resourceType": "Device",
        "identifier": [draft.device_identifier],
        "status": "active",
        "deviceName": [{"name": "智能语音助手（人工智能）", "type": "user-friendly-name"}],
        "type": {"text": "智能语音助手"},
        "owner": draft.organization,
    }


def speaker(draft: Draft) -> Resource:
    """The person who answered for the resident; known by relation only."""
    relation = _RELATIONS.get(draft.visit.speaker)
    relationship: Resource = {"text": _OTHERS.get(draft.visit.speaker, "其他人")}
    if relation is not None:
        relationship = concept(ROLES, *relation)
    return machine_made(
        {
            "resourceType": "RelatedPerson",
            "identifier": [draft.identifier("speaker")],
            "active": True,
            "patient": draft.patient,
            "relationship": [relationship],
        }
    )
