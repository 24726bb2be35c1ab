"""A visit to test with: Mrs Wang, 68, answers the whole hypertension form."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from pydantic import JsonValue

from assistant.care.form import Form
from assistant.care.visit import CHINA, Line, OnFile, Resident, Visit
from assistant.dialogue.slots import SlotStatus, SlotValue, Speaker
from tests.care.yaml_cases import CONTENT, read_yaml

STARTED = datetime(2026, 11, 24, 9, 30, tzinfo=CHINA)

ANSWERS: dict[str, JsonValue] = {
    "identity": {"is_patient": True, "birth_year": 1958},
    "consent": True,
    "symptoms": {"present": ["头晕"], "absent": ["胸闷", "心悸"], "unsure": ["耳鸣"]},
    "blood_pressure": {"systolic": 152, "diastolic": 88},
    "heart_rate": {"bpm": 76},
    "weight": {"kg": 61.5},
    "smoking_per_day": {"value": 0, "unit": "支"},
    "alcohol_per_day": {"value": 1, "unit": "两"},
    "exercise": {"times": 3, "per": "week", "minutes": 30},
    "salt": "重",
    "mood": "一般",
    "medication_adherence": "规律",
    "medications": "氨氯地平片，一天一次",
    "side_effects": False,
    "next_visit": "2026-12-08",
}


@cache
def hypertension_form() -> Form:
    """The form as shipped."""
    return Form.parse(read_yaml(CONTENT / "forms" / "followup_hypertension.yml"), "followup_hypertension.yml")


def stated(value: JsonValue, turn: int | None = None, **more: Any) -> SlotValue:
    """A slot as the resident stated it."""
    return SlotValue(value=value, status=SlotStatus.STATED, turn=turn, speaker=Speaker.SELF, **more)


def visit(**changes: Any) -> Visit:
    """The visit, with `answers` merged over hers (None: not asked) and any field changed."""
    given = {**ANSWERS, **changes.pop("answers", {})}
    slots = {
        slot: value if isinstance(value, SlotValue) else stated(value, turn)
        for turn, (slot, value) in enumerate(given.items(), start=1)
        if value is not None
    }
    lines = (
        Line(turn=0, role="assistant", text="您好，我是社区卫生服务中心的智能语音助手。", at=STARTED),
        Line(turn=1, role="resident", text="我就是。", at=STARTED + timedelta(seconds=8)),
        Line(turn=4, role="resident", text="高压一百五十二，低压八十八。", at=STARTED + timedelta(minutes=1)),
    )
    return Visit(
        **{
            "conversation_id": "c-1",
            "organization_id": "default",
            "resident": Resident(id="resident-1", name="王秀英", sex="F", age=68),
            "practitioner_id": "doctor-1",
            "channel": "voice",
            "flow": "followup_hypertension",
            "form": "followup_hypertension",
            "started": STARTED,
            "ended": STARTED + timedelta(minutes=4),
            "transcript": lines,
            "slots": slots,
            "disposition": "completed",
            "on_file": OnFile(medications=("氨氯地平",)),
            "recording_url": "/api/calls/call-1/recording",
            **changes,
        }
    )
