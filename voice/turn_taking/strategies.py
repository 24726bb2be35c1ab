"""Turn strategies: how much silence ends the resident's turn, chosen at each step by its wait.

Every strategy is a row of four pauses, one for each state of completeness. They were set on 8 kHz synthetic
speech, where the recogniser's words are final about 0.25 s after they were spoken.
"""

from dataclasses import dataclass
from typing import Final

from assistant.dialogue.waits import Endpointing, Wait
from voice.turn_taking.completeness import Completeness

LONGEST_TURN: Final = 30.0
"""Seconds after which a turn is over even if the line never falls silent."""
LATE: Final = 0.3
"""Seconds by which the recogniser's words may trail the voice; before that no completeness is believed."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a strategy looks at. Times are seconds."""

    silence: float
    """Since the last voiced frame."""
    lasted: float
    """Since the turn began."""
    length: int
    """Of the words so far, in the units of `voice.lengths`."""
    completeness: Completeness


@dataclass(frozen=True, slots=True)
class TurnStrategy:
    """Seconds of silence that end a turn, by its completeness. `pace` stretches them for the slower ones."""

    name: str
    complete: float
    fragment: float
    hanging: float
    nothing: float

    def over(self, heard: Heard, pace: float = 1.0) -> bool:
        """Whether the turn is over."""
        if heard.lasted > LONGEST_TURN:
            return True
        if heard.completeness is Completeness.COMPLETE:
            pause = self.complete
        elif heard.completeness is Completeness.FRAGMENT:
            pause = self.fragment
        elif heard.completeness is Completeness.HANGING:
            pause = self.hanging
        else:
            pause = self.nothing
        return heard.silence >= max(LATE, pause * pace)


STRATEGIES: Final[dict[Endpointing, TurnStrategy]] = {
    Endpointing.QUICK: TurnStrategy("quick", complete=0.3, fragment=0.7, hanging=1.2, nothing=0.8),
    Endpointing.NORMAL: TurnStrategy("normal", complete=0.4, fragment=0.9, hanging=1.4, nothing=1.0),
    Endpointing.DICTATION: TurnStrategy("dictation", complete=0.6, fragment=1.2, hanging=1.8, nothing=1.2),
    Endpointing.PATIENT: TurnStrategy("patient", complete=0.8, fragment=1.2, hanging=1.8, nothing=1.4),
}
OPENING: Final = TurnStrategy("opening", complete=0.5, fragment=0.5, hanging=0.5, nothing=0.6)
"""Before our greeting: 喂 is all there is to wait for."""

ELDERLY_AGE: Final = 65
ELDERLY_PACE: Final = 1.2
SLOW_PACE: Final = 1.4
"""For a resident who asked us to speak slowly."""


def strategy_for(wait: Wait | None) -> TurnStrategy:
    """The strategy of the step that `wait` belongs to."""
    return OPENING if wait is None else STRATEGIES[wait.endpointing]


def pace_for(age: int | None, slow: bool) -> float:
    """How much more time this resident gets, as a factor of the strategy's pauses."""
    if slow:
        return SLOW_PACE
    return ELDERLY_PACE if age is not None and age >= ELDERLY_AGE else 1.0
