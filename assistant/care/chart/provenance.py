"""Where entries come from: who put them together, who told them, and who verified them."""

from collections.abc import Sequence
from datetime import datetime

from assistant.care.chart.datatypes import concept, machine_made, moment
from assistant.care.chart.draft import Draft
from assistant.care.chart.naming import Resource, stable_id

PARTICIPANTS = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
ACTIVITIES = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"


def assembled(draft: Draft, targets: Sequence[Resource]) -> Resource:
    """The assistant put these entries together from what was said in the conversation."""
    visit = draft.visit
    informants = [_agent("informant", "Informant", "信息提供者", draft.source)] if draft.reached else []
    return machine_made(
        {
            "resourceType": "Provenance",
            "id": stable_id(draft.identifier("provenance")),
            "target": list(targets),
            "occurredPeriod": {"start": moment(visit.started), "end": moment(visit.last_moment)},
            "recorded": moment(visit.last_moment),
            "activity": concept(ACTIVITIES, "CREATE", "create", "由人工智能语音助手采集生成"),
            "agent": [
                {
                    **_agent("assembler", "Assembler", "信息整理者", draft.device),
                    "onBehalfOf": draft.organization,
                },
                *informants,
            ],
            "entity": [{"role": "source", "what": draft.entry("communication")}],
        }
    )


def verified(
    identifier: Resource,
    targets: Sequence[Resource],
    revised: Sequence[Resource],
    practitioner: Resource,
    at: datetime,
) -> Resource:
    """The doctor verified these entries, of which `revised` are the versions before."""
    return {
        "resourceType": "Provenance",
        "id": stable_id(identifier),
        "target": list(targets),
        "recorded": moment(at),
        "activity": concept(ACTIVITIES, "UPDATE", "revise", "医生审核签字"),
        "agent": [_agent("verifier", "Verifier", "审核者", practitioner)],
        "entity": [{"role": "revision", "what": version} for version in revised],
    }


def _agent(code: str, display: str, text: str, who: Resource) -> Resource:
    return {"type": concept(PARTICIPANTS, code, display, text), "who": who}
