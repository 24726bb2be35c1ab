"""What is wrong with a form file: every problem at once, with its place and where possible a suggestion."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

Path = tuple[str | int, ...]
Locate = Callable[[Path], tuple[str, int] | None]
"""Gives file and line of the deepest part of the path that exists, None when it cannot tell."""


@dataclass(frozen=True, slots=True)
class FormProblem:
    """One defect of a form file."""

    path: Path
    message: str
    suggestion: str | None = None
    file: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line is not None else self.file
        hint = f"; did you mean {self.suggestion!r}?" if self.suggestion else ""
        return f"{place}: {dotted(self.path)}: {self.message}{hint}"


class FormErrors(ValueError):
    """The form cannot be used. `problems` holds every defect found."""

    def __init__(self, problems: Sequence[FormProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def dotted(path: Path) -> str:
    """The path as people write it: `items[3].range`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "the form"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that the given one was probably meant to be."""
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.6)), None)


def located(problems: Iterable[FormProblem], where: str, locate: Locate | None) -> list[FormProblem]:
    """The same problems with file and line filled in."""
    placed = []
    for problem in problems:
        file, line = (locate(problem.path) if locate else None) or (where, None)
        placed.append(FormProblem(problem.path, problem.message, problem.suggestion, file, line))
    return placed


def from_validation(
    errors: Iterable[Mapping[str, Any]], data: object, known_keys: Callable[[Path], Iterable[str]]
) -> list[FormProblem]:
    """Pydantic's findings in our words. `known_keys` lists the keys allowed beside a path's last part."""
    return [_problem(error, _path_in(data, tuple(error["loc"])), known_keys) for error in errors]


def _path_in(data: object, loc: Path) -> Path:
    """The place in the file: pydantic's, without the names it gives to the branches of a union."""
    path: list[str | int] = []
    for index, part in enumerate(loc):
        known = (
            isinstance(data, Sequence)
            if isinstance(part, int)
            else isinstance(data, Mapping) and part in data
        )
        if known or index == len(loc) - 1:
            path.append(part)
            data = data[part] if known else None  # type: ignore[index]
    return tuple(path)


def _problem(
    error: Mapping[str, Any], path: Path, known_keys: Callable[[Path], Iterable[str]]
) -> FormProblem:
    key = str(path[-1]) if path else ""
    match error["type"]:
        case "extra_forbidden":
            return FormProblem(path, f"unknown key {key!r}", nearest(key, known_keys(path)))
        case "missing":
            return FormProblem(path, f"{key!r} is missing")
        case "enum" | "literal_error":
            expected = str(error["ctx"]["expected"])
            words = [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]
            given = str(error["input"])
            return FormProblem(path, f"{given!r} is not one of {', '.join(words)}", nearest(given, words))
        case _:
            return FormProblem(path, f"{error['msg']} (found {error['input']!r})")
