"""Telephone keys: one for a yes or a choice, several for a number."""

from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.waits import Option, Wait
from voice.keypad import PAUSE, KeyPad

YES_NO = Wait(slot="consent", expects=ValueKind.YES_NO)
CHOICE = Wait(slot="salt", expects=ValueKind.CHOICE, options=(Option(value="轻", label="淡", key="1"),))
READ_BACK = Wait(slot="weight", expects=ValueKind.WEIGHT, reading_back=True)
PRESSURE = Wait(slot="blood_pressure", expects=ValueKind.BLOOD_PRESSURE)


def test_one_key_answers_a_yes_a_choice_or_a_read_back() -> None:
    for wait in (YES_NO, CHOICE, READ_BACK):
        assert KeyPad().press("1", 0, wait) == "1"


def test_a_number_ends_with_a_hash_key() -> None:
    pad = KeyPad()
    assert [pad.press(key, 0, PRESSURE) for key in "150*95#"] == [""] * 6 + ["150*95"]
    assert not pad


def test_a_number_ends_with_a_pause_after_its_last_key() -> None:
    pad = KeyPad()
    pad.press("7", 0, PRESSURE)
    pad.press("2", 50, PRESSURE)
    assert pad.due(PAUSE) == "" and pad
    assert pad.due(50 + PAUSE) == "72"
    assert pad.due(50 + PAUSE) == ""
