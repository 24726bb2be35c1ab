"""Rasa's NLU YAML: intents with examples, synonyms, lookups and patterns, with the line of everything.

Where Rasa warns and leaves something out, here it is a problem: an example that is lost is worse than one
more line to mend.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from assistant.understanding.data.annotations import AnnotationError, parse_markup
from assistant.understanding.data.example import Example, Problem

_SECTIONS = ("intent", "synonym", "regex", "lookup")


@dataclass
class NluFile:
    """What one file holds. `problems` is every defect met on the way."""

    file: str
    examples: list[Example] = field(default_factory=list)
    synonyms: list[tuple[str, str, str]] = field(default_factory=list)
    """Words, the value they stand for, `file:line`."""
    lookups: dict[str, list[str]] = field(default_factory=dict)
    patterns: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    is_nlu: bool = True
    """Whether the file has an `nlu:` section at all."""

    def problem(self, line: int, message: str) -> None:
        """Notes a defect at a line, which counts from 1."""
        self.problems.append(Problem(f"{self.file}:{line}", message))


def load_yaml(file: str, text: str) -> tuple[Any, list[Problem]]:
    """The document in `text` with its line numbers, or what is wrong with its syntax."""
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    try:
        return yaml.load(StringIO(text)), []
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = (error.problem or "cannot be read").splitlines()[0]
        return None, [Problem(f"{file}:{mark.line + 1 if mark else 1}", f"not valid YAML: {reason}")]
    except YAMLError as error:
        return None, [Problem(f"{file}:1", f"not valid YAML: {str(error).splitlines()[0]}")]


def parse_rasa_yaml(file: str, text: str) -> NluFile:
    """Everything under `nlu:` in a file. Never raises on what the file says; see `problems`."""
    data, problems = load_yaml(file, text)
    read = NluFile(file, problems=problems)
    if not isinstance(data, CommentedMap) or "nlu" not in data:
        read.is_nlu = False
        return read
    sections = data["nlu"]
    if not isinstance(sections, CommentedSeq):
        read.problem(data.lc.key("nlu")[0] + 1, "'nlu' must be a list of sections with `- intent: …`")
        return read
    for index, section in enumerate(sections):
        line = sections.lc.item(index)[0] + 1
        named = [key for key in _SECTIONS if isinstance(section, Mapping) and key in section]
        if len(named) != 1:
            read.problem(
                line, f"a section has exactly one of {', '.join(_SECTIONS)}; found {named or 'none'}"
            )
            continue
        _read_section(read, section, named[0], line)
    return read


def _read_section(read: NluFile, section: CommentedMap, kind: str, line: int) -> None:
    name = str(section[kind] or "").strip()
    strange = [
        str(key) for key in section if key not in (kind, "examples", "metadata", "use_word_boundaries")
    ]
    if not name:
        read.problem(line, f"{kind!r} needs a name")
    for key in strange:
        read.problem(section.lc.key(key)[0] + 1, f"unknown key {key!r} beside {kind!r}; remove it")
    lines = list(_lines(read, section, kind, line))
    if name and not lines and not read.problems:
        read.problem(line, f"{kind} {name!r} has no examples; add lines with `- …`")
    for number, words in lines:
        if kind == "intent":
            _add_example(read, name, words, number)
        elif kind == "synonym":
            read.synonyms.append((words, name, f"{read.file}:{number}"))
        elif kind == "lookup":
            read.lookups.setdefault(name, []).append(words)
        else:
            _add_pattern(read, name, words, number)


def _lines(read: NluFile, section: CommentedMap, kind: str, line: int) -> Iterator[tuple[int, str]]:
    """The examples of a section, each with its line."""
    examples = section.get("examples")
    if isinstance(examples, str):
        first = section.lc.value("examples")[0] + 2  # the line after the `|`
        for number, row in enumerate(examples.splitlines(), start=first):
            words = row.strip()
            if words.startswith("- ") and words[2:].strip():
                yield number, words[2:].strip()
            elif words:
                read.problem(
                    number, f"{words[:40]!r} is no example; every line starts with '- ' and has words"
                )
    elif isinstance(examples, CommentedSeq) and kind == "intent":
        for index, item in enumerate(examples):
            number = examples.lc.item(index)[0] + 1
            words = str(item.get("text") or "").strip() if isinstance(item, Mapping) else ""
            if words:
                yield number, words.removeprefix("- ")
            else:
                read.problem(number, "an example in a list is a mapping with `text:`")
    elif examples is not None:
        read.problem(line, f"the examples of {kind!r} must be a block of lines: `examples: |`")


def _add_example(read: NluFile, intent: str, marked: str, line: int) -> None:
    try:
        text, annotations = parse_markup(marked)
    except AnnotationError as error:
        read.problem(line, str(error))
        return
    # A retrieval intent (`faq/hours`) is classified by its part before the slash, as in Rasa.
    intent = intent.partition("/")[0]
    read.examples.append(Example(text, intent, annotations, source=f"{read.file}:{line}"))


def _add_pattern(read: NluFile, name: str, pattern: str, line: int) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        read.problem(line, f"{pattern!r} is no regular expression: {error}")
        return
    read.patterns.setdefault(name, []).append(pattern)
