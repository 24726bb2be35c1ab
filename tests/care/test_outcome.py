"""What a visit comes to, by its ending, its alerts and its answers."""

from typing import Any

import pytest

from assistant.care.outcome import Outcome, outcome
from assistant.dialogue.events import AlertRaised
from assistant.dialogue.slots import SlotStatus, SlotValue
from tests.care.visits import ANSWERS, hypertension_form, visit
from tests.care.yaml_cases import cases


def came_to(**changes: Any) -> Outcome:
    return outcome(visit(**changes), hypertension_form())


@pytest.mark.parametrize("case", cases("outcomes"))
def test_comes_to(case: dict[str, Any]) -> None:
    answers = {**dict.fromkeys(ANSWERS), **case["only"]} if "only" in case else case.get("answers", {})
    alerts = tuple(AlertRaised(level=level, reason="胸痛") for level in case.get("alerts", ()))
    found = came_to(disposition=case["disposition"], answers=answers, alerts=alerts).published()
    due = found["next_follow_up"]
    assert found["classification"] == case["class"]
    assert found["alert_level"] == case["alert"]
    assert found["next_step"] == case["step"]
    assert (due and due["date"]) == case["due"]


def test_the_published_shape() -> None:
    assert list(came_to().published()) == [
        "form",
        "record",
        "classification",
        "alert_level",
        "disposition",
        "next_step",
        "next_follow_up",
        "reasons",
    ]


def test_the_record_holds_every_answer_as_it_was_given() -> None:
    assert came_to().published()["record"] == ANSWERS


@pytest.mark.parametrize("status", ["refused", "unknown", "not_asked", "not_by_phone"])
def test_the_record_holds_nothing_that_was_not_answered(status: str) -> None:
    weight = SlotValue(value={"kg": 60}, status=SlotStatus(status))
    assert "weight" not in came_to(answers={"weight": weight}).record


def test_the_record_holds_only_slots_of_the_form() -> None:
    assert "callback_time" not in came_to(answers={"callback_time": "明天"}).record


@pytest.mark.parametrize("disposition", ["wrong_number", "deceased"])
def test_what_somebody_else_said_is_nobodys_record(disposition: str) -> None:
    assert set(came_to(disposition=disposition).record) == {"identity"}


def test_nothing_said_before_the_identity_check_is_recorded() -> None:
    unverified = came_to(disposition="refused", verified=False)
    assert set(unverified.record) == {"identity"}
    assert unverified.alert_level == "none"


def test_an_unverified_source_is_not_cited() -> None:
    citations = {reason["rule"]: reason["source"] for reason in came_to().published()["reasons"]}
    assert citations == {
        "htn.missed": None,
        "htn.first": "《国家基本公共卫生服务规范（第三版）》高血压患者健康管理服务规范",
    }


def test_a_reason_for_a_step_that_is_not_proposed_is_left_out() -> None:
    assert "htn.first" not in {reason.rule for reason in came_to(disposition="partial").reasons}
