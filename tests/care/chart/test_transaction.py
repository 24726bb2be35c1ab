"""The transaction that takes a visit into the chart, field by field."""

from datetime import timedelta
from typing import Any

import pytest

from assistant.care.chart import transaction
from assistant.care.outcome import outcome
from assistant.dialogue.events import AlertRaised, TaskRequested
from tests.care.visits import STARTED, hypertension_form, stated, visit

ENTRIES = "urn:health-centre-assistant:chart-entry"


def bundle(**changes: Any) -> dict[str, Any]:
    one, form = visit(**changes), hypertension_form()
    return transaction(one, outcome(one, form), form)


def resources(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The resources by the part that they stand for; Provenance, Device and Questionnaire by their type."""
    named = {}
    for entry in found["entry"]:
        resource = entry["resource"]
        identifier = resource.get("identifier", {})
        identifier = identifier[0] if isinstance(identifier, list) else identifier
        ours = identifier.get("system") == ENTRIES
        named[identifier["value"].split("/", 2)[2] if ours else resource["resourceType"]] = resource
    return named


def parts(**changes: Any) -> dict[str, dict[str, Any]]:
    return resources(bundle(**changes))


def url_of(found: dict[str, Any], part: str) -> str:
    wanted = resources(found)[part]
    return next(entry["fullUrl"] for entry in found["entry"] if entry["resource"] is wanted)


def test_a_completed_call_leaves_these_entries() -> None:
    assert set(parts()) == {
        "Device",
        "encounter",
        "communication",
        "recording",
        "Questionnaire",
        "response",
        "blood_pressure",
        "heart_rate",
        "weight",
        "review",
        "follow-up",
        "Provenance",
    }


def test_the_same_visit_gives_the_same_bundle() -> None:
    assert bundle() == bundle()


def test_every_entry_is_created_only_once() -> None:
    *created, provenance = bundle()["entry"]
    for entry in created:
        identifier = entry["resource"]["identifier"]
        identifier = identifier[0] if isinstance(identifier, list) else identifier
        assert entry["request"] == {
            "method": "POST",
            "url": entry["resource"]["resourceType"],
            "ifNoneExist": f"identifier={identifier['system']}|{identifier['value']}",
        }
    assert provenance["request"] == {"method": "PUT", "url": f"Provenance/{provenance['resource']['id']}"}


def test_identifiers_are_conversation_form_and_item() -> None:
    found = bundle()
    blood_pressure = resources(found)["blood_pressure"]
    assert blood_pressure["identifier"] == [
        {"system": ENTRIES, "value": "c-1/followup_hypertension/blood_pressure"}
    ]
    assert len({entry["fullUrl"] for entry in found["entry"]}) == len(found["entry"])


def test_a_conversation_id_with_odd_signs_is_encoded_in_the_query() -> None:
    queries = [entry["request"].get("ifNoneExist", "") for entry in bundle(conversation_id="王 &+#")["entry"]]
    assert "identifier=" + ENTRIES + "|%E7%8E%8B%20%26%2B%23/followup_hypertension/encounter" in queries


def test_every_reference_inside_the_bundle_resolves() -> None:
    found = bundle(speaker="spouse", disposition="emergency", tasks=(TaskRequested(kind="callback"),))
    known = {entry["fullUrl"] for entry in found["entry"]}

    def check(value: Any) -> None:
        if isinstance(value, dict):
            reference = value.get("reference", "")
            assert not reference.startswith("urn:uuid:") or reference in known
            for part in value.values():
                check(part)
        elif isinstance(value, list):
            for part in value:
                check(part)

    check(found)


def test_blood_pressure() -> None:
    found = bundle()
    observation = resources(found)["blood_pressure"]
    assert observation["status"] == "preliminary"
    assert observation["category"][0]["coding"][0]["code"] == "vital-signs"
    assert observation["code"]["coding"][0]["code"] == "85354-9"
    assert observation["subject"]["reference"] == "Patient/resident-1"
    assert observation["performer"][0]["reference"] == "Patient/resident-1"
    assert observation["derivedFrom"] == [{"reference": url_of(found, "response")}]
    assert observation["encounter"] == {"reference": url_of(found, "encounter")}
    assert observation["effectiveDateTime"] == "2026-11-24T09:31:00+08:00"
    codes_and_values = [
        (
            part["code"]["coding"][0]["code"],
            part["valueQuantity"]["value"],
            part["valueQuantity"]["code"],
            part["valueQuantity"]["system"],
        )
        for part in observation["component"]
    ]
    ucum = "http://unitsofmeasure.org"
    assert codes_and_values == [("8480-6", 152, "mm[Hg]", ucum), ("8462-4", 88, "mm[Hg]", ucum)]


def test_a_missing_half_says_why() -> None:
    found = parts(answers={"blood_pressure": {"systolic": 152, "diastolic": None}})["blood_pressure"]
    diastolic = found["component"][1]
    assert "valueQuantity" not in diastolic
    assert diastolic["dataAbsentReason"]["coding"][0]["code"] == "unknown"


def test_a_rough_half_is_no_value_but_keeps_its_range() -> None:
    value = {"systolic": {"from": 140, "to": 149}, "diastolic": 80}
    observation = parts(answers={"blood_pressure": stated(value, approx=True)})["blood_pressure"]
    systolic = observation["component"][0]
    assert "valueQuantity" not in systolic
    assert systolic["dataAbsentReason"]["coding"][0]["code"] == "as-text"
    ends = systolic["extension"][0]["valueRange"]
    assert (ends["low"]["value"], ends["high"]["value"]) == (140, 149)


def test_heart_rate_and_weight() -> None:
    found = parts()
    heart_rate, weight = found["heart_rate"], found["weight"]
    assert heart_rate["code"]["coding"][0]["code"] == "8867-4"
    assert (heart_rate["valueQuantity"]["value"], heart_rate["valueQuantity"]["code"]) == (76, "/min")
    assert weight["code"]["coding"][0]["code"] == "29463-7"
    assert (weight["valueQuantity"]["value"], weight["valueQuantity"]["code"]) == (61.5, "kg")


@pytest.mark.parametrize("slot", ["blood_pressure", "heart_rate", "weight"])
def test_no_observation_without_a_value(slot: str) -> None:
    assert slot not in parts(answers={slot: None})


def test_the_response_is_a_draft_that_names_its_form() -> None:
    found = bundle()
    response = resources(found)["response"]
    assert response["status"] == "in-progress"
    assert response["questionnaire"] == "urn:health-centre-assistant:form:followup_hypertension|3.0"
    assert response["source"]["reference"] == "Patient/resident-1"
    assert response["author"] == {"reference": url_of(found, "Device")}
    assert response["authored"] == "2026-11-24T09:34:00+08:00"


def test_somebody_else_answers_as_a_related_person() -> None:
    found = bundle(speaker="child")
    named = resources(found)
    assert named["speaker"]["resourceType"] == "RelatedPerson"
    assert named["speaker"]["relationship"][0]["coding"][0]["code"] == "CHILD"
    assert named["response"]["source"] == {"reference": url_of(found, "speaker")}
    assert named["blood_pressure"]["performer"] == [{"reference": url_of(found, "speaker")}]
    assert named["communication"]["recipient"] == [{"reference": url_of(found, "speaker")}]


def test_the_transcript_is_kept_with_its_turns() -> None:
    found = parts()["communication"]
    assert found["status"] == "completed"
    assert found["medium"][0]["coding"][0]["code"] == "PHONE"
    assert [payload["contentString"] for payload in found["payload"]] == [
        "助手：您好，我是社区卫生服务中心的智能语音助手。",
        "居民：我就是。",
        "居民：高压一百五十二，低压八十八。",
    ]
    turn, role, at = found["payload"][2]["extension"]
    assert (turn["valueInteger"], role["valueCode"]) == (4, "resident")
    assert at["valueDateTime"] == "2026-11-24T09:31:00+08:00"


def test_a_chat_is_written_online() -> None:
    found = parts(channel="wechat", recording_url=None)
    assert found["communication"]["medium"][0]["coding"][0]["code"] == "ONLINEWRIT"
    assert found["encounter"]["type"] == [{"text": "线上随访"}]
    assert "recording" not in found


def test_the_encounter_is_virtual() -> None:
    found = parts()["encounter"]
    assert (found["class"]["code"], found["status"]) == ("VR", "finished")
    assert found["period"] == {"start": "2026-11-24T09:30:00+08:00", "end": "2026-11-24T09:34:00+08:00"}
    assert found["participant"] == [{"individual": {"reference": "Practitioner/doctor-1"}}]


def test_the_recording_is_found_by_its_url() -> None:
    attachment = parts()["recording"]["content"][0]["attachment"]
    assert (attachment["contentType"], attachment["url"]) == ("audio/wav", "/api/calls/call-1/recording")


def test_the_doctor_is_asked_to_review() -> None:
    found = bundle()
    task = resources(found)["review"]
    assert (task["status"], task["intent"], task["priority"]) == ("requested", "order", "urgent")
    assert task["focus"] == {"reference": url_of(found, "response")}
    assert task["for"]["reference"] == "Patient/resident-1"
    assert task["owner"] == {"reference": "Practitioner/doctor-1"}
    assert task["restriction"]["period"]["end"] == "2026-11-27T09:34:00+08:00"
    proposed = {one["type"]["coding"][0]["code"]: one["valueString"] for one in task["input"]}
    assert proposed == {
        "classification": "控制不满意",
        "alert_level": "doctor_review",
        "next_step": "第1次控制不满意2周随访",
        "disposition": "completed",
    }
    assert task["note"][1]["text"].endswith(
        "（依据：《国家基本公共卫生服务规范（第三版）》高血压患者健康管理服务规范）"
    )


def test_without_a_known_doctor_the_centre_owns_the_task() -> None:
    assert parts(practitioner_id=None)["review"]["owner"] == {"reference": "Organization/default"}


def test_the_next_follow_up_is_planned() -> None:
    task = parts()["follow-up"]
    assert (task["status"], task["intent"]) == ("draft", "plan")
    assert task["restriction"] == {"period": {"end": "2026-12-08"}}


def test_a_critical_reading_raises_a_flag_and_a_task_at_once() -> None:
    found = bundle(answers={"blood_pressure": {"systolic": 186, "diastolic": 100}})
    named = resources(found)
    assert named["flag"]["status"] == "active"
    assert "186/100" in named["flag"]["code"]["text"]
    assert named["alert"]["priority"] == "stat"
    assert named["alert"]["focus"] == {"reference": url_of(found, "flag")}
    assert named["alert"]["restriction"]["period"]["end"] == "2026-11-24T10:04:00+08:00"
    assert (named["referral"]["status"], named["referral"]["intent"]) == ("draft", "proposal")
    assert named["referral"]["priority"] == "stat"


def test_an_emergency_is_to_be_acknowledged_in_five_minutes() -> None:
    alert = AlertRaised(level="emergency", reason="胸痛伴出汗", text="我胸口疼得出汗")
    found = parts(disposition="emergency", alerts=(alert,))
    assert found["alert"]["restriction"]["period"]["end"] == "2026-11-24T09:39:00+08:00"
    assert found["flag"]["code"]["text"].startswith("紧急情况；胸痛伴出汗（原话：我胸口疼得出汗）")


def test_an_emergency_says_where_the_person_is() -> None:
    told = {"emergency_location": "幸福小区3号楼", "emergency_companion": "女儿"}
    found = parts(disposition="emergency", answers=told)
    assert found["alert"]["description"].endswith("；所在位置：幸福小区3号楼；身边的人：女儿")


def test_an_emergency_has_one_task_for_it() -> None:
    found = parts(disposition="emergency", tasks=(TaskRequested(kind="emergency"),))
    assert "alert" in found and "task/emergency" not in found


def test_a_review_alone_raises_no_flag() -> None:
    assert not {"flag", "alert", "referral"} & set(parts())


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("callback", "callback"),
        ("handoff", "handoff"),
        ("question", "question"),
        ("do_not_call", "do-not-call"),
        ("death_reported", "death-reported"),
        ("wrong_number", "wrong-number"),
        ("complaint", "complaint"),
        ("emergency", "emergency"),
    ],
)
def test_what_the_conversation_promised_becomes_a_task(kind: str, code: str) -> None:
    task = parts(tasks=(TaskRequested(kind=kind),))[f"task/{kind}"]
    assert task["code"]["coding"][0]["code"] == code
    assert task["description"] == task["code"]["text"]
    assert task["status"] == "requested"


def test_two_questions_are_two_tasks() -> None:
    asked = (
        TaskRequested(kind="question", reason="能吃柚子吗"),
        TaskRequested(kind="question", reason="要复查吗"),
    )
    found = parts(tasks=asked)
    assert [found[part]["description"] for part in ("task/question", "task/question/2")] == [
        "能吃柚子吗",
        "要复查吗",
    ]


@pytest.mark.parametrize(
    ("due", "end", "words"),
    [
        ("2026-11-25T15:00:00+08:00", "2026-11-25T15:00:00+08:00", "回访；约定时间：2026-11-25 15:00"),
        ("2026-11-25T15:00", "2026-11-25T15:00:00+08:00", "回访；约定时间：2026-11-25 15:00"),
        ("2026-11-25", "2026-11-25T00:00:00+08:00", "回访；约定日期：2026-11-25"),
        ({"date": "2026-11-25", "period": "下午"}, None, "回访；约定时间：2026-11-25 下午"),
        ("下午", None, "回访；约定时间：下午"),
        ("2026-11-20T15:00:00+08:00", None, "回访；约定时间：2026-11-20 15:00"),
        (None, None, "回访"),
    ],
)
def test_a_promised_time_is_kept(due: Any, end: str | None, words: str) -> None:
    task = parts(tasks=(TaskRequested(kind="callback", due=due),))["task/callback"]
    assert task.get("restriction", {}).get("period", {}).get("end") == end
    assert task["description"] == words


def test_a_broken_off_call_makes_a_call_back_due() -> None:
    assert "通话中断" in parts(disposition="partial")["task/callback"]["description"]
    promised = (TaskRequested(kind="callback", reason="居民在忙"),)
    assert parts(disposition="partial", tasks=promised)["task/callback"]["description"] == "居民在忙"


@pytest.mark.parametrize("disposition", ["no_answer", "busy", "voicemail", "failed"])
def test_nobody_reached_leaves_only_the_attempt(disposition: str) -> None:
    found = parts(disposition=disposition, slots={}, transcript=())
    assert set(found) == {"Device", "communication", "Provenance"}
    assert found["communication"]["status"] == "not-done"
    assert "payload" not in found["communication"]


def test_a_wrong_number_leaves_no_words_and_no_values() -> None:
    found = parts(disposition="wrong_number", tasks=(TaskRequested(kind="wrong_number"),))
    assert "payload" not in found["communication"]
    assert not {"response", "blood_pressure", "review"} & set(found)
    assert "task/wrong_number" in found


def test_a_death_leaves_no_values() -> None:
    found = parts(disposition="deceased", tasks=(TaskRequested(kind="death_reported"),))
    assert not {"response", "blood_pressure", "follow-up"} & set(found)
    assert "task/death_reported" in found


def test_nothing_said_before_the_identity_check_is_filed() -> None:
    assert not {"response", "blood_pressure"} & set(parts(verified=False, disposition="refused"))


def test_the_provenance_names_machine_and_source() -> None:
    found = bundle()
    provenance = resources(found)["Provenance"]
    assembler, informant = provenance["agent"]
    assert assembler["type"]["coding"][0]["code"] == "assembler"
    assert assembler["who"] == {"reference": url_of(found, "Device")}
    assert informant["who"]["reference"] == "Patient/resident-1"
    assert provenance["entity"][0]["what"] == {"reference": url_of(found, "communication")}
    targets = {target["reference"] for target in provenance["target"]}
    written = {
        entry["fullUrl"]
        for entry in found["entry"]
        if entry["resource"]["resourceType"] not in ("Device", "Questionnaire", "Provenance")
    }
    assert targets == written


def test_what_a_machine_wrote_is_labelled() -> None:
    for resource in parts().values():
        if resource["resourceType"] not in ("Device", "Questionnaire"):
            assert resource["meta"]["security"][0]["code"] == "AIAST"


def test_without_a_resident_there_is_no_chart() -> None:
    one = visit()
    nobody = one.model_copy(update={"resident": one.resident.model_copy(update={"id": ""})})
    form = hypertension_form()
    with pytest.raises(ValueError, match="no resident"):
        transaction(nobody, outcome(nobody, form), form)


def test_a_visit_still_open_ends_with_its_last_line() -> None:
    assert visit(ended=None).last_moment == STARTED + timedelta(minutes=1)
