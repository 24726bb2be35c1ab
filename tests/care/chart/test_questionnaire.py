"""A form as a Questionnaire."""

from typing import Any

from assistant.care.chart.questionnaire import questionnaire
from tests.care.chart.test_answers import response
from tests.care.visits import hypertension_form

FOUND = questionnaire(hypertension_form())
ITEMS: dict[str, dict[str, Any]] = {item["linkId"]: item for item in FOUND["item"]}


def test_is_named_by_url_and_version() -> None:
    assert f"{FOUND['url']}|{FOUND['version']}" == response()["questionnaire"]


def test_items_have_the_types_of_their_kinds() -> None:
    types = {link: item["type"] for link, item in ITEMS.items()}
    assert types["identity"] == "boolean"
    assert types["symptoms"] == types["salt"] == types["side_effects"] == "choice"
    assert types["blood_pressure"] == types["exercise"] == "group"
    assert types["heart_rate"] == types["smoking_per_day"] == "quantity"
    assert types["medications"] == "text"
    assert types["next_visit"] == "date"
    assert ITEMS["symptoms"]["repeats"] is True


def test_measured_items_carry_their_code_and_unit() -> None:
    assert ITEMS["heart_rate"]["code"][0]["code"] == "8867-4"
    assert ITEMS["heart_rate"]["extension"][0]["valueCoding"]["code"] == "/min"
    halves = [part["extension"][0]["valueCoding"]["code"] for part in ITEMS["blood_pressure"]["item"]]
    assert halves == ["mm[Hg]", "mm[Hg]"]


def test_options_carry_the_codes_of_the_form() -> None:
    assert ITEMS["salt"]["answerOption"][2] == {
        "valueCoding": {
            "system": "urn:health-centre-assistant:form:followup_hypertension:salt",
            "code": "3",
            "display": "重",
        }
    }


def test_a_simple_condition_becomes_enable_when_and_another_does_not() -> None:
    condition = ITEMS["medications"]["enableWhen"][0]
    assert (condition["question"], condition["operator"]) == ("medication_adherence", "!=")
    assert condition["answerCoding"]["code"] == "3"
    assert "enableWhen" not in ITEMS["side_effects"]
    assert "enableWhen" not in ITEMS["smoking_per_day"]


def test_targets_stand_beside_their_values() -> None:
    assert ITEMS["weight.target"]["type"] == "quantity"
    assert ITEMS["salt.target"]["answerOption"] == ITEMS["salt"]["answerOption"]
    assert ITEMS["exercise.target"]["type"] == "string"


def test_every_answer_has_its_question() -> None:
    def links(items: list[dict[str, Any]]) -> set[str]:
        inner = [part for item in items for part in item.get("item", [])]
        answers = [
            part for item in items for answer in item.get("answer", []) for part in answer.get("item", [])
        ]
        return {item["linkId"] for item in items} | (links(inner + answers) if inner + answers else set())

    assert links(response()["item"]) <= links(FOUND["item"])


def test_an_unverified_source_is_not_cited() -> None:
    form = hypertension_form()
    assert "copyright" in FOUND
    unread = form.model_copy(update={"source": form.source.model_copy(update={"verified": False})})
    assert "copyright" not in questionnaire(unread)
