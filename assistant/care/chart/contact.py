"""The contact itself: the Encounter, the Communication with its transcript, and the recording."""

from assistant.care.chart.datatypes import coding, concept, machine_made, moment
from assistant.care.chart.draft import Draft
from assistant.care.chart.naming import Resource, extension
from assistant.care.visit import Line
from assistant.dialogue.events import Disposition

ACTS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
MEDIA = "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode"

_ROLES = {"assistant": "助手", "resident": "居民", "staff": "工作人员"}
_NOT_REACHED = {
    Disposition.NO_ANSWER: "无人接听",
    Disposition.BUSY: "占线",
    Disposition.VOICEMAIL: "语音信箱或运营商提示音",
    Disposition.FAILED: "呼叫失败",
    Disposition.WRONG_NUMBER: "号码不是本人的",
}


def encounter(draft: Draft) -> Resource:
    """The contact as an Encounter at a distance."""
    visit = draft.visit
    doctor = draft.practitioner
    return machine_made(
        {
            "resourceType": "Encounter",
            "identifier": [draft.identifier("encounter")],
            "status": "finished",
            "class": coding(ACTS, "VR", "virtual"),
            "type": [{"text": "电话随访" if visit.spoken else "线上随访"}],
            "subject": draft.patient,
            **({"participant": [{"individual": doctor}]} if doctor else {}),
            "period": {"start": moment(visit.started), "end": moment(visit.last_moment)},
            "reasonCode": [{"text": draft.form.title}],
            "serviceProvider": draft.organization,
        }
    )


def communication(draft: Draft) -> Resource:
    """What was said. Not done where nobody was reached; without the words where it was somebody else."""
    visit = draft.visit
    missed = _NOT_REACHED.get(visit.disposition) if visit.disposition else None
    medium = ("PHONE", "telephone", "电话") if visit.spoken else ("ONLINEWRIT", "online written", "线上文字")
    resource: Resource = {
        "resourceType": "Communication",
        "identifier": [draft.identifier("communication")],
        "status": "not-done" if missed else "completed",
        **({"statusReason": {"text": missed}} if missed else {}),
        "medium": [concept(MEDIA, *medium)],
        "subject": draft.patient,
        "topic": {"text": draft.form.title},
        **({"encounter": draft.entry("encounter")} if draft.reached else {}),
        "sent": moment(visit.started),
        **({} if missed else {"received": moment(visit.last_moment)}),
        "recipient": [draft.source],
        "sender": draft.device,
    }
    if not missed and visit.transcript:
        resource["payload"] = [_payload(line) for line in visit.transcript]
    return machine_made(resource)


def recording(draft: Draft) -> Resource:
    """Where the sound of the call is kept."""
    visit = draft.visit
    return machine_made(
        {
            "resourceType": "DocumentReference",
            "identifier": [draft.identifier("recording")],
            "status": "current",
            "type": {"text": "通话录音"},
            "subject": draft.patient,
            "date": moment(visit.last_moment),
            "author": [draft.device],
            "custodian": draft.organization,
            "description": "双声道录音：左声道居民，右声道智能语音助手（人工智能合成语音）",
            "content": [
                {
                    "attachment": {
                        "contentType": "audio/wav",
                        "url": visit.recording_url,
                        "title": "通话录音",
                        "creation": moment(visit.last_moment),
                    }
                }
            ],
            "context": {
                "encounter": [draft.entry("encounter")],
                "period": {"start": moment(visit.started), "end": moment(visit.last_moment)},
            },
        }
    )


def _payload(line: Line) -> Resource:
    return {
        "extension": [
            extension("turn", valueInteger=line.turn),
            extension("role", valueCode=line.role),
            extension("at", valueDateTime=moment(line.at)),
        ],
        "contentString": f"{_ROLES[line.role]}：{line.text}",
    }
