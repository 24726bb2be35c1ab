"""Everything that is written passes the R4B models and the npm validator."""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

import pytest
from pydantic import ValidationError

from assistant.care.chart import transaction
from assistant.care.chart.signing import sign
from assistant.care.outcome import outcome
from assistant.dialogue.events import AlertRaised, TaskRequested
from assistant.dialogue.slots import SlotStatus, SlotValue
from tests.care.chart.stored import stored
from tests.care.visits import STARTED, hypertension_form, stated, visit

Problems = Callable[[Iterable[dict[str, Any]]], list[str]]

KINDS = ("callback", "handoff", "question", "do_not_call", "complaint", "emergency", "something_new")
VISITS: dict[str, dict[str, Any]] = {
    "completed": {},
    "by her daughter": {"speaker": "child", "practitioner_id": None},
    "by a carer": {"speaker": "carer"},
    "critical": {"answers": {"blood_pressure": {"systolic": 190, "diastolic": None}}},
    "rough": {
        "answers": {
            "blood_pressure": stated({"systolic": {"from": 140, "to": 149}, "diastolic": 80}, approx=True),
            "heart_rate": {"bpm": {"from": None, "to": 80}},
            "next_visit": {"from": "2026-12-01", "to": "2026-12-05"},
            "symptoms": {"present": ["乏力", "头晕"], "absent": [], "unsure": ["胸闷"]},
            "side_effects": stated(True, said="脚肿", confidence=0.83, turn=9),
        }
    },
    "little": {
        "disposition": "partial",
        "answers": {
            "weight": SlotValue(status=SlotStatus.REFUSED),
            "blood_pressure": SlotValue(status=SlotStatus.UNKNOWN),
            "symptoms": SlotValue(status=SlotStatus.UNKNOWN),
            "salt": None,
        },
    },
    "emergency": {
        "disposition": "emergency",
        "alerts": (AlertRaised(level="emergency", reason="胸痛", text="胸口疼"),),
        "tasks": tuple(TaskRequested(kind=kind, due="2026-11-25T15:00") for kind in KINDS),
    },
    "chat": {"channel": "web", "recording_url": None},
    "nobody": {"disposition": "no_answer", "slots": {}, "transcript": ()},
    "wrong number": {"disposition": "wrong_number", "tasks": (TaskRequested(kind="wrong_number"),)},
    "deceased": {"disposition": "deceased", "tasks": (TaskRequested(kind="death_reported"),)},
}


def bundle(**changes: Any) -> dict[str, Any]:
    one, form = visit(**changes), hypertension_form()
    return transaction(one, outcome(one, form), form)


def model_faults(found: dict[str, Any]) -> list[str]:
    """What the R4B models refuse, in the Bundle itself and in its entries."""
    faults = []
    for resource in (found, *(entry["resource"] for entry in found["entry"])):
        kind = resource["resourceType"]
        model = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
        try:
            model.model_validate(resource)
        except ValidationError as error:
            faults += [f"{kind}.{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    return faults


def signed() -> dict[str, Any]:
    amendments = {"blood_pressure": {"systolic": 150, "diastolic": 90}, "weight": None, "compliance": "良好"}
    return sign(
        stored(bundle()), hypertension_form(), practitioner_id="doctor-1", at=STARTED, amendments=amendments
    )


@pytest.mark.parametrize("name", VISITS)
def test_every_entry_passes_the_models(name: str) -> None:
    assert model_faults(bundle(**VISITS[name])) == []


def test_a_signed_visit_passes_the_models() -> None:
    assert model_faults(signed()) == []


def test_every_entry_passes_the_npm_validator(fhir_problems: Problems) -> None:
    bundles = [*(bundle(**changes) for changes in VISITS.values()), signed()]
    resources = [entry["resource"] for found in bundles for entry in found["entry"]]
    assert fhir_problems([*bundles, *resources]) == []


def test_the_models_see_a_wrong_structure() -> None:
    wrong = {"resourceType": "Observation", "status": "final", "colour": "red"}
    assert model_faults({"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": wrong}]})
