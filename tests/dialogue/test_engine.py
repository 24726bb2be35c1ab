"""The engine: turns, interruptions, endings, purity."""

import pytest

from assistant.dialogue.conversation import Conversation
from assistant.dialogue.engine import advance, begin, startable
from assistant.dialogue.events import AlertRaised, Disposition, FlowStarted, Said, TaskRequested
from assistant.dialogue.inputs import (
    ActionResult,
    HungUp,
    Silence,
    StaffJoined,
    TimerFired,
    VoicemailDetected,
)
from assistant.dialogue.run import EngineError
from tests.dialogue.talk import FACTS, NOW, YES, Talk, content, utterance, value


def test_first_words_say_that_an_artificial_voice_is_speaking() -> None:
    talk = Talk()
    first = next(event for event in talk.events if isinstance(event, Said))
    assert "人工智能" in first.text and not first.interruptible
    assert talk.waits_for == "identity"


def test_advancing_leaves_the_conversation_as_it_was() -> None:
    talk = Talk()
    before = talk.state.model_dump_json()
    advance(talk.state, utterance("是我", value("identity", {"is_patient": True})), NOW, content())
    assert talk.state.model_dump_json() == before


def test_state_survives_json() -> None:
    talk = Talk().at_blood_pressure()
    restored = Conversation.model_validate_json(talk.state.model_dump_json())
    assert restored == talk.state
    next_input = utterance("一百四十五，九十", value("blood_pressure", {"systolic": 145, "diastolic": 90}))
    assert advance(restored, next_input, NOW, content()) == advance(talk.state, next_input, NOW, content())


def test_an_input_after_the_end_changes_nothing() -> None:
    talk = Talk()
    talk.give(HungUp())
    turn = advance(talk.state, utterance("喂"), NOW, content())
    assert turn.events == () and turn.wait is None and turn.conversation == talk.state


def test_unknown_flow_and_patterns_cannot_be_started() -> None:
    assert "followup_hypertension" in startable(content())
    assert "pattern_emergency" not in startable(content())
    for flow in ("followup_hypertensoin", "pattern_emergency"):
        with pytest.raises(EngineError, match="no flow"):
            begin(id="x", flow=flow, channel="text", content=content(), facts=FACTS)


def test_emergency_goes_before_everything_and_raises_one_alert() -> None:
    talk = Talk().at_blood_pressure()
    talk.hear("胸口疼，出冷汗", act="emergency", intent="emergency")
    assert talk.said[0] == "utter_emergency_120"
    talk.hear("我在家，胸口疼", act="emergency", intent="emergency")
    assert talk.waits_for == "emergency_companion"
    alerts = [event for event in talk.events if isinstance(event, AlertRaised)]
    assert [alert.level for alert in alerts] == ["emergency"]
    assert alerts[0].text == "胸口疼，出冷汗"


def test_an_emergency_heard_badly_is_still_an_emergency() -> None:
    talk = Talk().hear("救命", act="emergency", intent="emergency", confidence=0.1)
    assert talk.said[0] == "utter_emergency_120"


def test_ordinary_patterns_do_not_interrupt_an_emergency() -> None:
    talk = Talk().hear("胸口疼", act="emergency", intent="emergency")
    talk.hear("你是谁", act="question_back", intent="ask_who_is_calling")
    assert talk.waits_for == "emergency_location"
    assert "utter_who_is_calling" not in talk.said


def test_a_pattern_returns_to_the_open_question() -> None:
    talk = Talk().at_blood_pressure().hear("能吃柚子吗", act="question_back", intent="ask_question")
    assert talk.said == ["utter_question_noted", "utter_resume", "utter_ask_blood_pressure"]
    assert talk.waits_for == "blood_pressure"


def test_an_answer_beside_a_question_is_kept() -> None:
    reading = value("blood_pressure", {"systolic": 145, "diastolic": 90})
    talk = (
        Talk()
        .at_blood_pressure()
        .hear("一百四十五九十，高吗", reading, act="question_back", intent="ask_question")
    )
    assert talk.turn.wait is not None and talk.turn.wait.reading_back


def test_repeat_says_the_last_words_and_keeps_the_question() -> None:
    talk = Talk().at_blood_pressure()
    wait = talk.turn.wait
    talk.hear("再说一遍", act="repeat_please", intent="repeat")
    assert talk.said == ["utter_repeat", "utter_ask_blood_pressure"]
    assert talk.turn.wait == wait


def test_slower_lasts() -> None:
    talk = Talk().at_blood_pressure().hear("慢点", act="repeat_please", intent="slower")
    talk.hear("没量", act="unknown", intent="unknown")
    assert all(event.slow for event in talk.turn.events if isinstance(event, Said))


def test_waiting_a_moment_leaves_more_time() -> None:
    talk = Talk().at_blood_pressure().hear("等一下", act="off_topic", intent="wait_a_moment")
    assert talk.said == ["utter_wait_a_moment"]
    assert talk.turn.wait is not None and talk.turn.wait.silence_seconds == 40


def test_three_silences_end_the_call_with_a_call_back() -> None:
    talk = Talk()
    for _ in range(3):
        talk.give(Silence())
    assert talk.state.disposition is Disposition.PARTIAL
    assert [e.kind for e in talk.events if isinstance(e, TaskRequested)] == ["callback"]


def test_a_word_resets_the_silences() -> None:
    talk = Talk()
    talk.give(Silence())
    talk.hear("你好", act="off_topic", intent="greeting")
    talk.give(Silence())
    assert talk.said[0] == "utter_silence_first"


def test_voicemail_gets_a_neutral_message_only() -> None:
    talk = Talk()
    talk.give(VoicemailDetected())
    assert talk.said == ["utter_voicemail"] and talk.state.disposition is Disposition.VOICEMAIL


def test_correction_without_a_value_reopens_the_last_answer() -> None:
    talk = Talk().at_blood_pressure()
    talk.hear("一百三八十", value("blood_pressure", {"systolic": 130, "diastolic": 80})).hear("对", YES)
    talk.hear("刚才说错了", act="correction", intent="correct")
    assert talk.waits_for == "blood_pressure"
    talk.hear("一百四八十", value("blood_pressure", {"systolic": 140, "diastolic": 80})).hear("对", YES)
    assert talk.slot("blood_pressure") == {"systolic": 140, "diastolic": 80}
    assert talk.waits_for == "heart_rate"


def test_a_critical_reading_asks_for_the_danger_signs_at_once() -> None:
    talk = Talk().at_blood_pressure()
    talk.hear("一百八、一百", value("blood_pressure", {"systolic": 180, "diastolic": 100})).hear("对", YES)
    assert talk.said[-1] == "utter_ask_danger_signs"
    talk.hear("胸痛", value("symptoms", {"present": ["胸痛"], "absent": [], "unsure": []}))
    assert "utter_emergency_120" in talk.said


def test_just_below_the_critical_reading_nothing_is_added() -> None:
    talk = Talk().at_blood_pressure()
    talk.hear("一百七十九、一百零九", value("blood_pressure", {"systolic": 179, "diastolic": 109})).hear(
        "对", YES
    )
    assert talk.waits_for == "heart_rate"


def test_staff_take_over_and_the_assistant_falls_silent() -> None:
    talk = Talk().at_blood_pressure()
    talk.give(StaffJoined(staff_id="staff-1"))
    talk.hear("一百三八十", value("blood_pressure", {"systolic": 130, "diastolic": 80}))
    assert talk.said == [] and talk.state.owner == "staff-1"


def test_a_strange_action_result_and_timer_change_nothing() -> None:
    talk = Talk().at_blood_pressure()
    wait = talk.turn.wait
    talk.give(ActionResult(action_id="nobody/1"))
    assert talk.turn.wait == wait
    talk.give(TimerFired(name="unknown"))
    assert talk.turn.wait == wait


def test_hanging_up_before_a_word_on_a_broken_line_is_a_failure() -> None:
    talk = Talk()
    talk.give(HungUp(reason="failed"))
    assert talk.state.disposition is Disposition.FAILED


def test_known_slots_are_not_asked() -> None:
    from assistant.dialogue.inputs import Started
    from assistant.dialogue.slots import SlotStatus, SlotValue

    known = {"identity": SlotValue(value={"is_patient": True, "birth_year": 1959}, status=SlotStatus.STATED)}
    state = begin(
        id="c", flow="followup_hypertension", channel="text", content=content(), facts=FACTS, slots=known
    )
    turn = advance(state, Started(), NOW, content())
    assert turn.wait is not None and turn.wait.slot == "consent"


def test_flows_started_name_what_they_interrupt() -> None:
    talk = Talk().at_blood_pressure().hear("你是机器人吗", act="question_back", intent="ask_robot")
    started = [event for event in talk.turn.events if isinstance(event, FlowStarted)]
    assert [(event.flow, event.interrupted) for event in started] == [
        ("pattern_ask_robot", "followup_hypertension")
    ]
