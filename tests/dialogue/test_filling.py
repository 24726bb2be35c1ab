"""How an answer becomes a slot: plausible, complete, read back, never guessed."""

import pytest

from assistant.dialogue.inputs import HungUp, Keys
from tests.dialogue.talk import NO, YES, Talk, value

BP = value("blood_pressure", {"systolic": 145, "diastolic": 90})


def test_blood_pressure_is_filed_only_after_it_was_read_back() -> None:
    talk = Talk().at_blood_pressure().hear("一百四十五，九十", BP)
    assert talk.turn.wait is not None and talk.turn.wait.reading_back
    assert talk.slot("blood_pressure") is None
    talk.hear("对", YES)
    assert talk.slot("blood_pressure") == {"systolic": 145, "diastolic": 90}
    assert talk.status("blood_pressure") == "confirmed"
    assert talk.state.slots["blood_pressure"].said == "一百四十五，九十"


def test_repeating_the_value_confirms_the_read_back() -> None:
    talk = Talk().at_blood_pressure().hear("一百四十五，九十", BP).hear("一百四十五，九十", BP)
    assert talk.status("blood_pressure") == "confirmed"


def test_another_value_in_reply_is_read_back_in_its_turn() -> None:
    talk = Talk().at_blood_pressure().hear("一百四十五，九十", BP)
    talk.hear("高压一百五", value("blood_pressure", {"systolic": 150, "diastolic": None}))
    assert talk.turn.wait is not None and talk.turn.wait.reading_back
    talk.hear("对", YES)
    assert talk.slot("blood_pressure") == {"systolic": 150, "diastolic": 90}


def test_a_value_that_is_never_agreed_to_is_left_open() -> None:
    talk = Talk().at_blood_pressure()
    for systolic in (140, 141, 142, 143):
        talk.hear("…", value("blood_pressure", {"systolic": systolic, "diastolic": 90}))
    assert talk.slot("blood_pressure") is None
    assert talk.status("blood_pressure") == "unknown"
    assert talk.waits_for == "heart_rate"


def test_the_missing_half_is_asked_for() -> None:
    talk = Talk().at_blood_pressure()
    talk.hear("高压一百四", value("blood_pressure", {"systolic": 140, "diastolic": None}))
    assert talk.said == ["utter_ask_diastolic"]
    talk.hear("九十", value("blood_pressure", {"systolic": None, "diastolic": 90})).hear("对", YES)
    assert talk.slot("blood_pressure") == {"systolic": 140, "diastolic": 90}


def test_a_half_that_is_not_known_stays_empty() -> None:
    talk = Talk().at_blood_pressure()
    talk.hear("高压一百四", value("blood_pressure", {"systolic": 140, "diastolic": None}))
    talk.hear("低压忘了", act="unknown", intent="unknown").hear("对", YES)
    assert talk.slot("blood_pressure") == {"systolic": 140, "diastolic": None}


@pytest.mark.parametrize("systolic", [59, 281])
def test_an_implausible_value_is_asked_again_and_never_stored(systolic: int) -> None:
    talk = Talk().at_blood_pressure()
    talk.hear("…", value("blood_pressure", {"systolic": systolic, "diastolic": 58}))
    assert talk.said[0] == "utter_implausible"
    assert talk.waits_for == "blood_pressure"
    assert talk.slot("blood_pressure") is None


def test_a_doubt_of_the_parser_is_read_back_on_every_channel() -> None:
    talk = Talk(channel="web").at_blood_pressure().hear("145/90", BP).hear("对", YES)
    talk.hear("七十多", value("heart_rate", {"bpm": 75}, needs_confirmation=True))
    assert talk.turn.wait is not None and talk.turn.wait.reading_back


def test_a_typed_heart_rate_needs_no_read_back() -> None:
    talk = Talk(channel="web").at_blood_pressure().hear("145/90", BP).hear("对", YES)
    talk.hear("72", value("heart_rate", {"bpm": 72}))
    assert talk.status("heart_rate") == "stated"


def test_a_value_heard_with_little_confidence_is_read_back() -> None:
    talk = Talk(channel="web").at_blood_pressure().hear("145/90", BP).hear("对", YES)
    talk.hear("72", value("heart_rate", {"bpm": 72}), confidence=0.6)
    assert talk.turn.wait is not None and talk.turn.wait.reading_back


def test_a_short_answer_heard_badly_is_asked_for_again_and_taken_the_second_time() -> None:
    talk = Talk().hear("是我", value("identity", {"is_patient": True}))
    talk.hear("五九年", value("identity", {"is_patient": True, "birth_year": 1959}))
    talk.hear("可以", YES, confidence=0.5)
    assert talk.said == ["utter_not_understood", "utter_ask_consent_again"]
    assert talk.slot("consent") is None
    talk.hear("可以", YES, confidence=0.5)
    assert talk.slot("consent") is True


def test_a_choice_misheard_twice_is_read_back() -> None:
    talk = Talk(channel="web").at_blood_pressure()
    for _ in range(3):
        talk.hear("不知道", act="unknown", intent="unknown")
    talk.hear("不抽", NO).hear("不喝", NO).hear("不运动", NO)
    assert talk.waits_for == "salt"
    talk.hear("三", value("choice", "重", needs_confirmation=True))
    talk.hear("三", value("choice", "重", needs_confirmation=True))
    assert talk.said == ["utter_read_back_salt"] and talk.slot("salt") is None
    talk.hear("不对，淡", NO, value("choice", "轻"))
    talk.hear("对", YES)
    assert talk.slot("salt") == "轻"


def test_a_doubt_without_a_candidate_is_asked_again() -> None:
    talk = Talk().at_blood_pressure()
    talk.hear("一三", value("blood_pressure", None, needs_confirmation=True))
    assert talk.said == ["utter_clarify_blood_pressure", "utter_ask_blood_pressure_again"]


def test_values_said_early_wait_for_their_question() -> None:
    talk = Talk().verified()
    talk.hear(
        "没有，血压一百四十五九十，心率七十二",
        value("symptoms", {"present": [], "none": True}),
        BP,
        value("heart_rate", {"bpm": 72}),
    )
    assert talk.waits_for == "blood_pressure" and talk.slot("blood_pressure") is None
    talk.hear("对", YES)
    assert talk.waits_for == "heart_rate" and talk.turn.wait is not None and talk.turn.wait.reading_back
    talk.hear("对", YES)
    assert talk.slot("heart_rate") == {"bpm": 72}
    assert talk.waits_for == "weight"


def test_what_was_typed_is_kept_as_stated_when_the_talk_breaks_off() -> None:
    talk = Talk().at_blood_pressure().hear("一百四十五，九十", BP)
    talk.give(HungUp())
    assert talk.slot("blood_pressure") == {"systolic": 145, "diastolic": 90}
    assert talk.status("blood_pressure") == "stated"
    assert talk.state.disposition == "partial"


def test_a_no_to_the_read_back_leaves_nothing_to_keep() -> None:
    talk = Talk().at_blood_pressure().hear("一百四十五，九十", BP).hear("不对", NO)
    talk.give(HungUp())
    assert talk.slot("blood_pressure") is None


def test_a_call_that_breaks_off_files_nothing_that_may_be_misheard() -> None:
    talk = Talk().at_blood_pressure().hear("一百四十五，九十", BP, confidence=0.98)
    talk.give(HungUp())
    assert talk.slot("blood_pressure") is None
    assert talk.state.disposition == "partial"
    assert talk.status("heart_rate") == "not_asked"
    assert talk.status("bmi") == "not_by_phone"


def test_a_symptom_mentioned_later_is_added() -> None:
    talk = Talk().at_blood_pressure()
    talk.hear("对了我有点头晕", value("symptoms", {"present": ["头晕"], "absent": [], "unsure": []}))
    assert talk.slot("symptoms")["present"] == ["头晕"]
    assert talk.waits_for == "blood_pressure"


def test_a_refused_question_is_marked_and_left() -> None:
    talk = Talk().at_blood_pressure().hear("不想说", act="refuse", intent="refuse_question")
    assert talk.status("blood_pressure") == "refused"
    assert talk.waits_for == "heart_rate"


def test_keys_answer_a_choice_and_a_number() -> None:
    talk = Talk().at_blood_pressure()
    talk.give(Keys(keys="145*90#"))
    assert talk.turn.wait is not None and talk.turn.wait.reading_back
    talk.give(Keys(keys="1"))
    assert talk.slot("blood_pressure") == {"systolic": 145, "diastolic": 90}


def test_a_value_that_was_given_up_and_comes_after_all_is_read_back() -> None:
    talk = Talk().at_blood_pressure().hear("不知道", act="unknown", intent="unknown")
    assert talk.waits_for == "heart_rate" and talk.status("blood_pressure") == "unknown"
    talk.hear("想起来了，一百四十五，九十", BP)
    assert talk.said == ["utter_correction", "utter_read_back_blood_pressure"]
    talk.hear("对", YES)
    assert talk.slot("blood_pressure") == {"systolic": 145, "diastolic": 90}
    assert talk.waits_for == "heart_rate"


def test_keys_say_yes_and_no_where_the_question_takes_them() -> None:
    talk = Talk()
    talk.give(Keys(keys="1"))
    assert talk.slot("identity") == {"is_patient": True}
    talk.give(Keys(keys="1"))
    assert talk.said[0] == "utter_not_understood", "the proof asks for digits"


def test_an_optional_part_is_asked_for_once() -> None:
    talk = Talk(channel="web").at_blood_pressure().hear("没量", act="unknown", intent="unknown")
    talk.hear("不知道", act="unknown", intent="unknown").hear("不知道", act="unknown", intent="unknown")
    talk.hear("不抽", NO).hear("不喝", NO).hear("每周三次", value("frequency", {"times": 3, "per": "week"}))
    talk.hear("就是走走", act="off_topic", intent="off_topic")
    assert talk.slot("exercise") == {"times": 3, "per": "week"}
    assert talk.waits_for == "salt"


def test_no_to_the_read_back_asks_again() -> None:
    talk = Talk().at_blood_pressure().hear("一百四十五，九十", BP).hear("不对", NO)
    assert talk.said == ["utter_say_again", "utter_ask_blood_pressure_again"]


def test_times_and_minutes_come_from_one_answer_or_two() -> None:
    talk = Talk().at_blood_pressure().hear("没量", act="unknown", intent="unknown")
    talk.hear("不知道", act="unknown", intent="unknown").hear("不知道", act="unknown", intent="unknown")
    talk.hear("不抽", NO).hear("不喝", NO)
    assert talk.waits_for == "exercise"
    talk.hear("每周三次", value("frequency", {"times": 3, "per": "week"}))
    assert talk.said == ["utter_ask_exercise_minutes"]
    talk.hear("半小时", value("duration", {"value": 0.5, "unit": "h"}))
    assert talk.slot("exercise") == {"times": 3, "per": "week", "minutes": 30}
    assert talk.slot("smoking_per_day") == {"value": 0, "unit": "支"}
