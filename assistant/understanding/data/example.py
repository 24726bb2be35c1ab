"""One training example, and what can be wrong with data that was read."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.understanding.data.annotations import Annotation


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and what it means.

    `act` is set where the data itself names one; otherwise the intent decides. `source` is `file:line`.
    """

    text: str
    intent: str
    annotations: tuple[Annotation, ...] = ()
    act: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a place (`file:line`), and what to do."""

    source: str
    message: str

    def __str__(self) -> str:
        return f"{self.source}: {self.message}"


class DataError(Exception):
    """The data cannot be used as it is. `problems` holds every defect, in the order of reading.

    The message tells the first of them: a file of the wrong kind has one in every line.
    """

    TOLD = 20

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        told = [str(problem) for problem in self.problems[: self.TOLD]]
        if len(self.problems) > self.TOLD:
            told.append(f"and {len(self.problems) - self.TOLD} more")
        super().__init__("\n".join(told))
