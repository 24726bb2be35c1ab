"""Whatever is said: the engine never fails, never tells a stranger, and replays the same."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.dialogue.engine import advance, begin
from assistant.dialogue.events import Said, SlotSet
from assistant.dialogue.inputs import HungUp, Input, Keys, Silence, Started, VoicemailDetected
from assistant.dialogue.meaning import Act, Value, ValueKind
from tests.dialogue.talk import FACTS, NOW, Talk, content, utterance

RANGES = st.builds(lambda low: {"from": low, "to": low + 9}, st.integers(0, 300))
NUMBERS = st.one_of(st.integers(0, 300), st.none(), RANGES)
GIVEN = st.one_of(
    st.builds(lambda s, d: ("blood_pressure", {"systolic": s, "diastolic": d}), NUMBERS, NUMBERS),
    st.builds(lambda n: ("heart_rate", {"bpm": n}), st.integers(0, 300)),
    st.builds(lambda n: ("weight", {"kg": n}), st.integers(0, 300)),
    st.builds(lambda b: ("yes_no", b), st.booleans()),
    st.builds(
        lambda b, y: ("identity", {"is_patient": b, "birth_year": y}),
        st.booleans(),
        st.sampled_from([1959, 1949]),
    ),
    st.builds(
        lambda p: ("symptoms", {"present": p, "absent": [], "unsure": []}),
        st.lists(st.sampled_from(["头晕", "胸痛"])),
    ),
    st.builds(lambda n: ("quantity_per_day", {"value": n, "unit": "支"}), st.integers(0, 60)),
    st.builds(lambda n: ("frequency", {"times": n, "per": "week"}), st.integers(0, 9)),
    st.just(("choice", "轻")),
    st.just(("medication_adherence", "规律")),
    st.just(("date", "2026-12-08")),
    st.just(("time", {"period": "下午"})),
    st.just(("duration", {"value": 30, "unit": "min"})),
)
VALUES = st.lists(
    st.builds(
        lambda g, doubt: Value(kind=ValueKind(g[0]), value=g[1], needs_confirmation=doubt),
        GIVEN,
        st.booleans(),
    ),
    max_size=3,
)
INTENTS = st.sampled_from(
    [
        "inform",
        "affirm",
        "deny",
        "slower",
        "anger",
        "suspect_fraud",
        "greeting",
        "wait_a_moment",
        "relative_answering",
    ]
)
UTTERANCES = st.builds(
    lambda values, act, intent, confidence: utterance(
        "话", *values, act=act, intent=intent, confidence=confidence
    ),
    VALUES,
    st.sampled_from([act.value for act in Act]),
    INTENTS,
    st.floats(0, 1),
)
INPUTS = st.one_of(
    UTTERANCES,
    st.builds(
        lambda keys: Keys(keys=keys), st.sampled_from(["1", "2", "0", "*", "145*90", "1959", "72", ""])
    ),
    st.just(Silence()),
)
LAST = st.sampled_from([HungUp(), VoicemailDetected(), Silence()])


def play(inputs: list[Input], channel: str) -> Talk:
    talk = Talk(channel=channel)  # type: ignore[arg-type]
    for item in inputs:
        talk.give(item)
    return talk


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(INPUTS, max_size=25), LAST, st.sampled_from(["voice_text", "web"]))
def test_any_talk(inputs: list[Input], last: Input, channel: str) -> None:
    talk = play([*inputs, last], channel)
    verified = False
    for event in talk.events:
        if isinstance(event, SlotSet) and event.slot == "identity" and event.now.status == "confirmed":
            verified = True
        if isinstance(event, Said) and talk.content.responses[event.response].medical:
            assert verified, f"{event.response} was said to a person not verified"
    assert talk.state.ended or talk.turn.wait is not None
    reading = talk.slot("blood_pressure")
    if reading is not None:
        assert talk.status("blood_pressure") == "confirmed" or talk.state.ended
        ends = [
            end for half in reading.values() for end in (half.values() if isinstance(half, dict) else [half])
        ]
        assert all(30 <= end <= 280 for end in ends if end is not None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(INPUTS, max_size=15))
def test_replaying_the_inputs_gives_the_same_events(inputs: list[Input]) -> None:
    first = play(inputs, "voice_text")
    state = begin(id="c1", flow="followup_hypertension", channel="voice_text", content=content(), facts=FACTS)
    events = []
    for item in first.inputs:
        turn = advance(state, item, NOW, content())
        state = turn.conversation
        events += turn.events
    assert events == first.events
    assert first.inputs[0] == Started()
