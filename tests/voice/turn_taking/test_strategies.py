"""When silence ends a turn, at every kind of step."""

import pytest

from assistant.dialogue.waits import Endpointing
from voice.turn_taking.completeness import Completeness
from voice.turn_taking.strategies import LONGEST_TURN, STRATEGIES, Heard, pace_for

COMPLETE, FRAGMENT, HANGING, NOTHING = (
    Completeness.COMPLETE,
    Completeness.FRAGMENT,
    Completeness.HANGING,
    Completeness.NOTHING,
)


def ends_after(endpointing: Endpointing, completeness: Completeness, pace: float = 1.0) -> float:
    """The silence, in seconds, with which this turn is over."""
    for frames in range(200):
        if STRATEGIES[endpointing].over(Heard(frames * 0.02, 2.0, 3, completeness), pace):
            return frames * 0.02
    raise AssertionError("silence never ended the turn")


def test_there_is_a_strategy_for_every_kind_of_step() -> None:
    assert set(STRATEGIES) == set(Endpointing)


@pytest.mark.parametrize("endpointing", list(Endpointing))
def test_the_less_complete_the_longer_we_wait(endpointing: Endpointing) -> None:
    assert (
        ends_after(endpointing, COMPLETE)
        < ends_after(endpointing, FRAGMENT)
        < ends_after(endpointing, HANGING)
    )


def test_a_yes_is_over_at_once_and_half_a_blood_pressure_is_not() -> None:
    assert ends_after(Endpointing.QUICK, COMPLETE) <= 0.4
    assert ends_after(Endpointing.DICTATION, HANGING) >= 1.5
    assert ends_after(Endpointing.DICTATION, COMPLETE) <= 0.7


def test_silence_that_began_before_the_words_could_be_known_ends_nothing() -> None:
    heard = Heard(silence=0.2, lasted=1.0, length=1, completeness=COMPLETE)
    assert not any(strategy.over(heard) for strategy in STRATEGIES.values())


def test_the_elderly_and_those_who_asked_for_it_get_more_time() -> None:
    assert pace_for(40, slow=False) < pace_for(70, slow=False) < pace_for(70, slow=True)
    assert pace_for(None, slow=False) == 1.0
    for endpointing in Endpointing:
        slow = ends_after(endpointing, FRAGMENT, pace_for(70, slow=False))
        assert slow > ends_after(endpointing, FRAGMENT)


def test_no_turn_lasts_for_ever() -> None:
    heard = Heard(silence=0.0, lasted=LONGEST_TURN + 1, length=90, completeness=NOTHING)
    assert all(strategy.over(heard) for strategy in STRATEGIES.values())
