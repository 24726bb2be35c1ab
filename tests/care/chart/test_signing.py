"""What a doctor's signature and corrections change. Nothing is final before."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from assistant.care.chart import transaction
from assistant.care.chart.reading import origin, recorded
from assistant.care.chart.signing import InvalidAmendments, NotSignable, amend, sign
from assistant.care.outcome import outcome
from tests.care.chart.stored import after, stored
from tests.care.visits import STARTED, hypertension_form, visit

FORM = hypertension_form()
AT: datetime = STARTED + timedelta(hours=2)
SIGNER: dict[str, Any] = {"practitioner_id": "doctor-1", "at": AT}


def chart(**changes: Any) -> list[dict[str, Any]]:
    one = visit(**changes)
    return stored(transaction(one, outcome(one, FORM), FORM))


def of(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def observation(bundle: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for one in of(bundle, "Observation") if one["code"]["coding"][0]["code"] == code)


def pressures(resource: dict[str, Any]) -> list[Any]:
    return [part["valueQuantity"]["value"] for part in resource["component"]]


def tasks(bundle: dict[str, Any]) -> dict[str, str]:
    return {task["code"]["coding"][0]["code"]: task["status"] for task in of(bundle, "Task")}


def test_before_signing_nothing_is_final() -> None:
    statuses = {
        (one["resourceType"], one["status"])
        for one in chart()
        if one["resourceType"] in ("Observation", "QuestionnaireResponse")
    }
    assert statuses == {("Observation", "preliminary"), ("QuestionnaireResponse", "in-progress")}


def test_signing_makes_everything_final() -> None:
    found = sign(chart(), FORM, **SIGNER)
    assert [one["status"] for one in of(found, "QuestionnaireResponse")] == ["completed"]
    assert {one["status"] for one in of(found, "Observation")} == {"final"}
    assert tasks(found) == {"review": "completed", "follow-up": "requested"}


def test_signing_changes_no_value() -> None:
    before, found = chart(), sign(chart(), FORM, **SIGNER)
    response = next(one for one in before if one["resourceType"] == "QuestionnaireResponse")
    assert of(found, "QuestionnaireResponse")[0]["item"] == response["item"]
    assert pressures(observation(found, "85354-9")) == [152, 88]


def test_every_update_names_the_version_that_the_doctor_saw() -> None:
    found = sign(chart(), FORM, **SIGNER)
    *updates, provenance = found["entry"]
    assert updates
    for entry in updates:
        resource = entry["resource"]
        url = f"{resource['resourceType']}/{resource['id']}"
        assert entry["request"] == {"method": "PUT", "url": url, "ifMatch": 'W/"1"'}
        assert "versionId" not in resource["meta"]
    assert "ifMatch" not in provenance["request"]


def test_the_doctor_is_named_as_verifier() -> None:
    found = sign(chart(), FORM, **SIGNER)
    provenance = of(found, "Provenance")[0]
    assert provenance["agent"][0]["type"]["coding"][0]["code"] == "verifier"
    assert provenance["agent"][0]["who"] == {"reference": "Practitioner/doctor-1"}
    assert provenance["recorded"] == "2026-11-24T11:30:00+08:00"
    signed = {
        f"{one['resourceType']}/{one['id']}" for entry in found["entry"][:-1] for one in [entry["resource"]]
    }
    assert {target["reference"] for target in provenance["target"]} == signed
    assert {entity["what"]["reference"] for entity in provenance["entity"]} == {
        f"{one}/_history/1" for one in signed
    }


def test_a_corrected_value_replaces_the_one_that_was_heard() -> None:
    found = sign(chart(), FORM, **SIGNER, amendments={"blood_pressure": {"systolic": 142, "diastolic": 88}})
    corrected = observation(found, "85354-9")
    assert corrected["status"] == "amended"
    assert pressures(corrected) == [142, 88]
    assert {"reference": "Practitioner/doctor-1"} in corrected["performer"]
    assert observation(found, "8867-4")["status"] == "final"
    response = of(found, "QuestionnaireResponse")[0]
    assert response["status"] == "amended"
    assert recorded(response, FORM)["blood_pressure"] == {"systolic": 142, "diastolic": 88}
    item = next(one for one in response["item"] if one["linkId"] == "blood_pressure")
    assert origin(item) == {
        "status": "amended",
        "by": {"reference": "Practitioner/doctor-1"},
        "at": "2026-11-24T11:30:00+08:00",
    }


def test_a_value_taken_away_is_entered_in_error() -> None:
    found = sign(chart(), FORM, **SIGNER, amendments={"heart_rate": None})
    assert observation(found, "8867-4")["status"] == "entered-in-error"
    assert "heart_rate" not in recorded(of(found, "QuestionnaireResponse")[0], FORM)


def test_a_value_that_was_missing_is_added_by_the_doctor() -> None:
    found = sign(chart(answers={"weight": None}), FORM, **SIGNER, amendments={"weight": {"kg": 60}})
    added = observation(found, "29463-7")
    assert (added["status"], added["valueQuantity"]["value"]) == ("final", 60)
    assert added["performer"] == [{"reference": "Practitioner/doctor-1"}]
    request = next(entry["request"] for entry in found["entry"] if entry["resource"] is added)
    assert request["method"] == "POST"
    assert request["ifNoneExist"].endswith("c-1/followup_hypertension/weight")


def test_symptoms_are_replaced_as_a_whole() -> None:
    found = sign(chart(), FORM, **SIGNER, amendments={"symptoms": {"present": ["心悸"]}})
    value = recorded(of(found, "QuestionnaireResponse")[0], FORM)["symptoms"]
    assert value == {"present": ["心悸"], "absent": [], "unsure": []}


def test_the_doctor_fills_what_was_left_to_the_doctor() -> None:
    found = sign(chart(), FORM, **SIGNER, amendments={"compliance": "良好", "referral": "上级医院心内科"})
    values = recorded(of(found, "QuestionnaireResponse")[0], FORM)
    assert (values["compliance"], values["referral"]) == ("良好", "上级医院心内科")


def test_corrected_values_give_another_class_step_and_date() -> None:
    amendments = {"blood_pressure": {"systolic": 142, "diastolic": 88}}
    anew = outcome(visit().amended(amendments), FORM)
    found = sign(chart(), FORM, **SIGNER, amendments=amendments, outcome=anew)
    values = recorded(of(found, "QuestionnaireResponse")[0], FORM)
    assert values["classification"] == "控制满意"
    assert values["next_step"] == "常规随访"
    assert values["next_follow_up"] == "2027-02-24"
    follow_up = next(one for one in of(found, "Task") if one["code"]["coding"][0]["code"] == "follow-up")
    assert follow_up["restriction"]["period"]["end"] == "2027-02-24"


def test_what_the_doctor_decides_stands_over_the_proposal() -> None:
    amendments = {"classification": "不良反应", "next_follow_up": "2026-12-01"}
    found = sign(chart(), FORM, **SIGNER, amendments=amendments, outcome=outcome(visit(), FORM))
    values = recorded(of(found, "QuestionnaireResponse")[0], FORM)
    assert (values["classification"], values["next_follow_up"]) == ("不良反应", "2026-12-01")


def test_a_referral_is_requested_by_signing_and_cancelled_by_another_step() -> None:
    critical = {"answers": {"blood_pressure": {"systolic": 190, "diastolic": 100}}}
    assert tasks(sign(chart(**critical), FORM, **SIGNER))["referral"] == "requested"
    elsewhere = sign(chart(**critical), FORM, **SIGNER, amendments={"next_step": "常规随访"})
    assert tasks(elsewhere)["referral"] == "cancelled"


def test_a_correction_without_a_signature_stays_a_draft() -> None:
    before = chart()
    found = amend(before, FORM, **SIGNER, amendments={"blood_pressure": {"systolic": 142, "diastolic": 88}})
    assert of(found, "QuestionnaireResponse")[0]["status"] == "in-progress"
    assert [one["status"] for one in of(found, "Observation")] == ["preliminary"]
    assert tasks(found) == {}
    signed = sign(after(before, found), FORM, practitioner_id="doctor-1", at=AT + timedelta(minutes=1))
    assert of(signed, "QuestionnaireResponse")[0]["status"] == "amended"
    assert pressures(observation(signed, "85354-9")) == [142, 88]
    assert {entry["request"].get("ifMatch") for entry in signed["entry"]} == {'W/"1"', 'W/"2"', None}


def test_signing_twice_is_refused_and_correcting_later_is_not() -> None:
    signed = after(chart(), sign(chart(), FORM, **SIGNER))
    with pytest.raises(NotSignable):
        sign(signed, FORM, **SIGNER)
    later = amend(signed, FORM, **SIGNER, amendments={"weight": {"kg": 60}})
    assert of(later, "QuestionnaireResponse")[0]["status"] == "amended"
    assert observation(later, "29463-7")["status"] == "amended"


def test_without_a_filled_form_there_is_nothing_to_sign() -> None:
    with pytest.raises(NotSignable):
        sign(chart(disposition="no_answer"), FORM, **SIGNER)


def test_values_that_fit_no_item_are_refused_together() -> None:
    amendments = {
        "blood_pressure": {"systolic": 400, "diastolic": 90},
        "salt": "很重",
        "identity": {"is_patient": False},
        "follow_up_method": None,
        "nothing": 1,
    }
    with pytest.raises(InvalidAmendments) as refused:
        sign(chart(), FORM, **SIGNER, amendments=amendments)
    assert refused.value.problems == {
        "blood_pressure": "血压：数值应在 60 到 280 之间",
        "salt": "摄盐情况：应为轻、中、重之一",
        "identity": "身份核实不能修改",
        "follow_up_method": "随访方式不能修改",
        "nothing": "表单中没有“nothing”",
    }


def test_entries_of_other_visits_are_left_alone() -> None:
    other = {"resourceType": "Observation", "id": "x", "status": "preliminary", "meta": {"versionId": "1"}}
    found = sign([*chart(), other], FORM, **SIGNER)
    assert "x" not in {one["id"] for one in of(found, "Observation")}
