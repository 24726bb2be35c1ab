"""What a conversation knows before it begins: from the chart, from the caller, and about the centre."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConfigDict, JsonValue, ValidationError

from assistant.conversations.ports import OnFile, ResidentRecord
from assistant.dialogue.frozen import Frozen
from assistant.dialogue.slots import SlotStatus, SlotValue, Speaker

_COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "夏侯",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "宇文",
        "长孙",
        "司徒",
    ]
)
_ELDER_FROM = 55
"""From this age on, 阿姨 and 叔叔 are the polite address in a neighbourhood; below, 女士 and 先生."""


class InvalidSlots(ValueError):
    """A prefilled slot is unknown or has a wrong value. The message says which and why."""


class Introduction(Frozen):
    """What a caller may say of the resident, in `slots`, in place of the chart or over it."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=False)

    patient_name: str | None = None
    age: int | None = None
    sex: Literal["M", "F"] | None = None
    pregnant: bool | None = None
    speaker: Speaker | None = None
    on_file: OnFile | None = None


class Centre(Frozen):
    """The centre that a conversation speaks for."""

    name: str
    phone: str


class Opening(Frozen):
    """All that a conversation begins with."""

    facts: dict[str, JsonValue]
    slots: dict[str, SlotValue]


def opening(
    centre: Centre,
    record: ResidentRecord | None,
    given: dict[str, Any],
    known_slots: frozenset[str],
    now: datetime,
) -> Opening:
    """Facts and prefilled slots of a new conversation.

    `given` are the `slots` of the request: an introduction, and values for slots of the content. Raises
    InvalidSlots.
    """
    names = set(Introduction.model_fields)
    unknown = sorted(set(given) - names - known_slots)
    if unknown:
        raise InvalidSlots(f"unknown slot {unknown[0]}; an introduction may give {', '.join(sorted(names))}")
    introduction = _introduction({name: value for name, value in given.items() if name in names})
    speaker = introduction.speaker or Speaker.SELF
    slots = {
        name: SlotValue(value=value, status=SlotStatus.STATED, speaker=speaker)
        for name, value in given.items()
        if name not in names
    }
    return Opening(facts=_facts(centre, record, introduction, speaker, now), slots=slots)


def _introduction(given: dict[str, Any]) -> Introduction:
    try:
        introduction = Introduction.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidSlots(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
    if introduction.age is not None and not 0 <= introduction.age <= 130:
        raise InvalidSlots("age: must be between 0 and 130 years")
    return introduction


def _facts(
    centre: Centre,
    record: ResidentRecord | None,
    introduction: Introduction,
    speaker: Speaker,
    now: datetime,
) -> dict[str, JsonValue]:
    birth = date.fromisoformat(record.birth_date) if record and record.birth_date else None
    age = introduction.age if introduction.age is not None else _age(birth, now.date())
    sex = introduction.sex or (record.sex if record else None)
    name = introduction.patient_name or (record.name if record else None)
    pregnant = introduction.pregnant if introduction.pregnant is not None else (record and record.pregnant)
    on_file = introduction.on_file or (record.on_file if record else OnFile())
    return {
        "centre_name": centre.name,
        "centre_phone": centre.phone,
        "doctor_name": record.doctor_name if record else None,
        "practitioner_id": record.practitioner_id if record else None,
        "patient_name": name,
        "honorific": honorific(name, sex, age),
        "age": age,
        "sex": sex,
        "pregnant": bool(pregnant),
        "birth_year": birth.year if birth else None,
        "id_last4": record.id_last4 if record else None,
        "speaker": speaker.value,
        "today": now.date().isoformat(),
        "now": now.isoformat(),
        "on_file": on_file.model_dump(mode="json"),
        "relatives": [relative.model_dump(mode="json") for relative in record.relatives] if record else [],
    }


def honorific(name: str | None, sex: str | None, age: int | None) -> str:
    """How to address somebody politely: 王阿姨, 李先生; the whole name when the sex is unknown, else 您."""
    if not name:
        return "您"
    surname = name[:2] if name[:2] in _COMPOUND_SURNAMES else name[:1]
    elder = age is not None and age >= _ELDER_FROM
    if sex == "F":
        return surname + ("阿姨" if elder else "女士")
    if sex == "M":
        return surname + ("叔叔" if elder else "先生")
    return name


def _age(birth: date | None, today: date) -> int | None:
    if birth is None:
        return None
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
