"""The linter of training data: what would teach a model wrongly or nothing, with file and line."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.understanding.data.examples import Example, Problem, TrainingData
from assistant.understanding.data.folds import groups
from assistant.understanding.data.similarity import near_pairs
from assistant.understanding.data.structure import structure
from assistant.understanding.data.unmarked_words import cut_words, marked_two_ways, unmarked_words

FEWEST_EXAMPLES = 30
"""An intent with fewer cannot be learned, nor tested in five folds."""
LEAST_VARIETY = 0.75
"""Share of an intent's examples that have a structure of their own."""

NEARLY_TESTED = 0.6
"""Jaccard similarity of bigrams from which a training example gives a test example away."""
LONGER_THAN_A_CALL = 6
"""Characters from which that counts: everybody says 谢谢 and 拜拜."""


class Severity(StrEnum):
    """An error makes the data unfit for training; a warning is a person's to judge."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect. `rule` names the check, `source` is `file:line` of what to mend."""

    severity: Severity
    rule: str
    source: str
    message: str

    def __str__(self) -> str:
        return f"{self.source}: {self.severity}: {self.message} [{self.rule}]"


@dataclass(frozen=True, slots=True)
class IntentSummary:
    """How much an intent's examples hold. Near copies of one structure count as one."""

    intent: str
    act: str | None
    examples: int
    structures: int
    annotations: int

    @property
    def variety(self) -> float:
        """Share of the examples with a structure of their own."""
        return self.structures / self.examples if self.examples else 0.0


def summarise(data: TrainingData) -> list[IntentSummary]:
    """The intents of the data and those that it should have, by name."""
    by_intent = _by_intent(data.examples)
    wanted = {name for name in data.acts if name not in data.untrained}
    return [
        IntentSummary(
            intent=name,
            act=data.acts.get(name),
            examples=len(examples := by_intent.get(name, [])),
            structures=len(set(groups(examples))),
            annotations=sum(len(example.annotations) for example in examples),
        )
        for name in sorted(wanted | set(by_intent))
    ]


def check(
    data: TrainingData,
    problems: Sequence[Problem] = (),
    held_out: Sequence[Example] = (),
    fewest: int = FEWEST_EXAMPLES,
) -> list[Finding]:
    """Every finding, errors first, then in the order of the files.

    `problems` are what reading met; `held_out` are examples kept for testing, which training must not hold.
    An intent with fewer than `fewest` examples is thin.
    """
    findings = [Finding(Severity.ERROR, "unreadable", one.source, one.message) for one in problems]
    findings += [_warning("two-values", one.source, one.message) for one in data.conflicts]
    findings += _intents(data, fewest)
    findings += _annotations(data)
    findings += _duplicates(data.examples)
    findings += _near_copies(data.examples)
    findings += _words(data)
    findings += _held_out(data.examples, held_out)
    return sorted(findings, key=lambda one: (one.severity, _place(one.source)))


def _intents(data: TrainingData, fewest: int) -> Iterator[Finding]:
    by_intent = _by_intent(data.examples)
    for summary in summarise(data):
        name, examples = summary.intent, by_intent.get(summary.intent, [])
        source = examples[0].source if examples else "domain/intents.yml:1"
        if data.acts and name not in data.acts:
            yield _error(
                "unknown-intent", source, f"intent {name!r} is not in domain/intents.yml; add it there"
            )
        elif name in data.untrained:
            yield _error("unknown-intent", source, f"intent {name!r} is decided by rule; remove its examples")
        if len(examples) < fewest:
            message = f"intent {name!r} has {len(examples)} examples; write at least {fewest}"
            yield _error("thin-intent", source, message)
        elif summary.variety < LEAST_VARIETY:
            yield _warning(
                "little-variety",
                source,
                f"intent {name!r}: {summary.structures} structures in {summary.examples} examples "
                f"({summary.variety:.0%}, wanted {LEAST_VARIETY:.0%}); vary the sentences, not the names",
            )


def _annotations(data: TrainingData) -> Iterator[Finding]:
    for example in data.examples:
        end = 0
        for one in sorted(example.annotations, key=lambda one: (one.start, one.end)):
            words = example.text[one.start : one.end]
            if data.entities is not None and one.entity not in data.entities:
                known = ", ".join(sorted(data.entities))
                message = f"unknown entity {one.entity!r} of {words!r}; known are {known}"
                yield _error("unknown-entity", example.source, message)
            if not (_is_letter(words[0]) and _is_letter(words[-1])):
                message = f"{words!r} begins or ends with a space or a mark; annotate the word alone"
                yield _error("misaligned", example.source, message)
            if one.start < end and words != example.text[one.start : end]:
                yield _error("misaligned", example.source, f"{words!r} overlaps another annotation")
            end = max(end, one.end)
        if "[" in example.text or "]" in example.text:
            message = f"brackets in {example.text!r}; is the entity missing? [words](entity)"
            yield _warning("brackets", example.source, message)


def _duplicates(examples: Sequence[Example]) -> Iterator[Finding]:
    first: dict[str, Example] = {}
    for example in examples:
        known = first.setdefault(_said(example.text), example)
        if known is example:
            continue
        if known.intent != example.intent:
            yield _error(
                "duplicate",
                example.source,
                f"{example.text!r} is {example.intent} here and {known.intent} in {known.source}; keep one",
            )
        elif known.text == example.text:
            message = f"{example.text!r} stands in {known.source} already; remove one"
            yield _error("duplicate", example.source, message)


def _near_copies(examples: Sequence[Example]) -> Iterator[Finding]:
    for same in _by_intent(examples).values():
        reported: set[int] = set()
        for first, second, _ in sorted(near_pairs([structure(example) for example in same])):
            if second in reported or same[first].text == same[second].text:
                continue
            reported.add(second)
            message = f"{same[second].text!r} is nearly {same[first].text!r} in {same[first].source}"
            yield _warning("near-copy", same[second].source, message)


def _words(data: TrainingData) -> Iterator[Finding]:
    for words, entity, known, at in unmarked_words(data):
        yield _warning(
            "unmarked-word",
            at[0].source,
            f"{words!r} is {entity} in {known} and unmarked in {len(at)} places: {_places(at)}",
        )
    for part, whole, one, example in cut_words(data):
        message = f"{part!r} is only a part of {whole!r}, which is {one.entity} elsewhere; annotate all of it"
        yield _warning("cut-word", example.source, message)
    for words, often, rare, at in marked_two_ways(data.examples):
        message = f"{words!r} is {rare} here and {often} in more places; which is it? {_places(at)}"
        yield _warning("marked-two-ways", at[0].source, message)


def _held_out(examples: Sequence[Example], held_out: Sequence[Example]) -> Iterator[Finding]:
    """Examples that are kept for testing, or, where they are longer than a call, nearly so."""
    kept = {_said(example.text): example for example in held_out}
    plain = [structure(Example(example.text, example.intent)) for example in (*held_out, *examples)]
    near = {
        second - len(held_out): held_out[first]
        for first, second, _ in near_pairs(plain, NEARLY_TESTED)
        if first < len(held_out) <= second and len(plain[second]) >= LONGER_THAN_A_CALL
    }
    for index, example in enumerate(examples):
        same = kept.get(_said(example.text))
        tested = same or near.get(index)
        if tested is not None:
            message = (
                f"{example.text!r} is {'' if same else 'nearly '}what {tested.source} tests; write another"
            )
            yield _warning("held-out", example.source, message)


def _by_intent(examples: Sequence[Example]) -> dict[str, list[Example]]:
    by_intent: defaultdict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_intent[example.intent].append(example)
    return dict(by_intent)


def _said(text: str) -> str:
    """What a text says when marks, spaces and case do not count; a question stays a question."""
    letters = unicodedata.normalize("NFKC", text).lower()
    return "".join(one for one in letters if one == "?" or unicodedata.category(one)[0] in "LMNS") or text


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


def _places(examples: Sequence[Example], most: int = 5) -> str:
    shown = ", ".join(example.source for example in examples[:most])
    return shown if len(examples) <= most else f"{shown} and {len(examples) - most} more"


def _place(source: str) -> tuple[str, int]:
    file, _, line = source.rpartition(":")
    return (file, int(line)) if line.isdecimal() else (source, 0)


def _error(rule: str, source: str, message: str) -> Finding:
    return Finding(Severity.ERROR, rule, source, message)


def _warning(rule: str, source: str, message: str) -> Finding:
    return Finding(Severity.WARNING, rule, source, message)
