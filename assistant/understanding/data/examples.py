"""Reads examples from files: Rasa's NLU YAML and JSON lines, and all that an installation teaches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.understanding.data.annotations import Annotation
from assistant.understanding.data.example import DataError, Example, Problem
from assistant.understanding.data.intents import Domain, parse_domain
from assistant.understanding.data.json_lines import parse_json_lines
from assistant.understanding.data.rasa_yaml import NluFile, parse_rasa_yaml

__all__ = [
    "Annotation",
    "DataError",
    "Example",
    "Problem",
    "TrainingData",
    "load_training_data",
    "read_examples",
    "read_training_data",
]

_YAML = (".yml", ".yaml")
_JSON_LINES = ".jsonl"


@dataclass(frozen=True)
class TrainingData:
    """What an installation teaches its model.

    `synonyms` maps words (lower case) to the standard term; annotations with a value add theirs, and
    `conflicts` are those that say otherwise than an earlier one. `lookups` and `patterns` are by entity.
    `acts` gives the act of every known intent; `untrained` are the intents that a rule decides and that have
    no examples. `entities` are the known kinds of entity (None: not declared).
    """

    examples: tuple[Example, ...]
    synonyms: Mapping[str, str]
    lookups: Mapping[str, tuple[str, ...]]
    patterns: Mapping[str, tuple[str, ...]]
    acts: Mapping[str, str]
    untrained: frozenset[str] = frozenset()
    entities: frozenset[str] | None = None
    conflicts: tuple[Problem, ...] = ()


def read_examples(paths: Sequence[Path]) -> list[Example]:
    """The examples in files and folders, in the order given and, inside a folder, by name.

    Raises DataError with every problem as `file:line`.
    """
    problems: list[Problem] = []
    examples: list[Example] = []
    for path in paths:
        for file in _files(path, problems):
            read = _read(file, file.as_posix(), problems)
            if read is None:
                continue
            if not read.is_nlu and file == path and not read.problems:
                read.problem(1, "has no 'nlu:' section; is it training data?")
            examples += read.examples
            problems += read.problems
    if not examples and not problems:
        problems.append(
            Problem(", ".join(map(str, paths)) or "-", "no examples found; name .yml or .jsonl files")
        )
    if problems:
        raise DataError(problems)
    return examples


def read_training_data(content_home: Path) -> TrainingData:
    """The training data below the content folder (`nlu_data`). Raises DataError with every problem."""
    data, problems = load_training_data(content_home)
    if problems:
        raise DataError(problems)
    return data


def load_training_data(content_home: Path) -> tuple[TrainingData, list[Problem]]:
    """What can be read of the training data, and what cannot: the linter wants both."""
    problems: list[Problem] = []
    files = [
        read
        for file in _files(content_home / "nlu", problems)
        if (read := _read(file, _below(content_home, file), problems)) is not None
    ]
    domain = _domain(content_home, problems)
    for read in files:
        problems += read.problems
    examples = tuple(example for read in files for example in read.examples)
    if not examples and not problems:
        problems.append(
            Problem(_below(content_home, content_home / "nlu"), "no intents with examples below it")
        )
    synonyms, conflicts = _synonyms(files, examples)
    data = TrainingData(
        examples=examples,
        synonyms=synonyms,
        lookups=_joined(read.lookups for read in files),
        patterns=_joined(read.patterns for read in files),
        acts=domain.acts,
        untrained=domain.untrained,
        entities=domain.entities,
        conflicts=tuple(conflicts),
    )
    return data, problems


def _domain(content_home: Path, problems: list[Problem]) -> Domain:
    file = content_home / "domain" / "intents.yml"
    name = _below(content_home, file)
    text = _text(file, name, problems)
    if text is None:
        return Domain({}, frozenset(), None)
    domain, found = parse_domain(name, text)
    problems += found
    return domain


def _synonyms(files: Iterable[NluFile], examples: Iterable[Example]) -> tuple[dict[str, str], list[Problem]]:
    given = [synonym for read in files for synonym in read.synonyms]
    for example in examples:
        for one in example.annotations:
            words = example.text[one.start : one.end]
            if one.value != words:
                given.append((words, one.value, example.source))
    synonyms: dict[str, tuple[str, str]] = {}
    conflicts: list[Problem] = []
    for words, value, source in given:
        known, where = synonyms.setdefault(words.lower(), (value, source))
        if known != value:
            message = (
                f"{words!r} stands for {value!r} here and for {known!r} in {where}, which counts; keep one"
            )
            conflicts.append(Problem(source, message))
    return {words: value for words, (value, _) in synonyms.items()}, conflicts


def _joined(parts: Iterable[Mapping[str, list[str]]]) -> dict[str, tuple[str, ...]]:
    joined: dict[str, list[str]] = {}
    for part in parts:
        for name, words in part.items():
            joined.setdefault(name, []).extend(words)
    return {name: tuple(dict.fromkeys(words)) for name, words in joined.items()}


def _files(path: Path, problems: list[Problem]) -> list[Path]:
    if path.is_dir():
        found = (file for file in path.rglob("*") if file.suffix in (*_YAML, _JSON_LINES) and file.is_file())
        return sorted(found, key=lambda file: file.relative_to(path).as_posix())
    if path.suffix not in (*_YAML, _JSON_LINES):
        problems.append(Problem(f"{path}:1", "neither a folder nor a .yml, .yaml or .jsonl file"))
        return []
    return [path]


def _read(file: Path, name: str, problems: list[Problem]) -> NluFile | None:
    text = _text(file, name, problems)
    if text is None:
        return None
    if file.suffix == _JSON_LINES:
        examples, found = parse_json_lines(name, text)
        return NluFile(name, examples=examples, problems=found)
    return parse_rasa_yaml(name, text)


def _text(file: Path, name: str, problems: list[Problem]) -> str | None:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        problems.append(Problem(f"{name}:{line}", "not UTF-8; save the file as UTF-8"))
    except OSError as error:
        problems.append(Problem(f"{name}:1", f"cannot be read: {error.strerror}"))
    return None


def _below(content_home: Path, file: Path) -> str:
    return (Path(content_home.name) / file.relative_to(content_home)).as_posix()
