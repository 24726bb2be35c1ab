"""What is wrong in the content: every defect with file, line and, where one is near, a suggestion."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One defect. `file` is relative to the content folder, `line` counts from 1."""

    file: str
    line: int
    message: str
    suggestion: str | None = None

    def __str__(self) -> str:
        hint = f"; did you mean {self.suggestion!r}?" if self.suggestion else ""
        return f"{self.file}:{self.line}: {self.message}{hint}"


class ContentErrors(ValueError):
    """The content cannot be used. `problems` holds every defect found, in the order of the files."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.6)), None)
