"""Each line of the transcript finds its place in the recording."""

from assistant.console.queries.transcript import Happened, SpokenTurn, line_of_turn, lines

NAMES = {"assistant": "语音助手", "resident": "王阿姨", "staff": "工作人员"}


def said(text: str, turn: int, seconds: float | None) -> Happened:
    return Happened(turn, "said", {"text": text}, seconds)


def heard(text: str, turn: int, seconds: float | None) -> Happened:
    return Happened(turn, "heard", {"text": text}, seconds)


CALL = [
    said("您好。", 0, 0.4),
    said("请问您是王秀英本人吗？", 0, 0.4),
    heard("对，我是", 1, 8.1),
    said("最近一次量的血压是多少？", 1, 8.1),
    heard("一百三十八，八十二", 2, 15.2),
    said("谢谢。", 2, 15.2),
]
MEASURED = [
    SpokenTurn(speech_started=6.2, final_text=7.9, first_audio=8.4),
    SpokenTurn(speech_started=11.5, final_text=14.9, first_audio=15.6),
]


def test_lines_begin_where_the_call_measured_it() -> None:
    placed = lines(CALL, MEASURED, NAMES)
    assert [round(line.start or 0, 1) for line in placed] == [0.4, 1.1, 6.2, 8.4, 11.5, 15.6]
    assert [line.clock for line in placed] == ["0:00", "0:01", "0:06", "0:08", "0:11", "0:15"]
    assert [line.speaker for line in placed] == [
        "语音助手",
        "语音助手",
        "王阿姨",
        "语音助手",
        "王阿姨",
        "语音助手",
    ]


def test_without_measurements_the_events_stand_in() -> None:
    placed = lines(CALL, [], NAMES)
    starts = [line.start or 0 for line in placed]
    assert starts == sorted(starts)
    assert 6.0 < starts[2] < 8.1 < starts[4] < 15.2, "an answer's event comes at its end"


def test_a_turn_measured_long_before_or_after_is_not_this_one() -> None:
    placed = lines([heard("喂", 1, 30.0)], [SpokenTurn(1.0, 2.0, 3.0), SpokenTurn(60.0, 61.0, 62.0)], NAMES)
    assert 29.0 < (placed[0].start or 0) < 30.0


def test_no_line_begins_before_the_one_above_it() -> None:
    """Somebody who interrupts began to speak before we had come to our second message."""
    interrupted = [said("一" * 60, 0, 0.0), said("二", 0, 0.0), heard("知道了", 1, 6.0)]
    placed = lines(interrupted, [SpokenTurn(3.0, 5.8, 6.5)], NAMES)
    starts = [line.start or 0 for line in placed]
    assert starts == sorted(starts)


def test_typed_lines_have_no_place_and_silences_no_line() -> None:
    placed = lines([said("您好。", 0, None), heard("", 1, None), heard("对", 2, None)], [], NAMES)
    assert [(line.text, line.start, line.clock) for line in placed] == [
        ("您好。", None, None),
        ("对", None, None),
    ]


def test_a_field_finds_the_line_of_its_turn() -> None:
    placed = lines(CALL, MEASURED, NAMES)
    assert line_of_turn(placed, 2) == 4
    assert line_of_turn(placed, 9) is None
    assert line_of_turn(placed, None) is None


def test_a_turn_that_was_never_recognised_is_left_out() -> None:
    assert SpokenTurn.of({"speech_started": 1.0, "final_text": None, "first_audio": None}) is None
    assert SpokenTurn.of({"speech_started": 1.0, "final_text": 2.5, "first_audio": None}) == SpokenTurn(
        1.0, 2.5, None
    )
