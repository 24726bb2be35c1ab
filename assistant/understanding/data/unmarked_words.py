"""Words that are annotated in one example and not in another, only in part, or as two kinds of entity.

A word counts as an entity where a lookup lists it or where most of its occurrences are annotated. Left out
are words of one character (腿 is a part of the body here and a part of 腿疼 there) and words beside a numeral
(一周三次 is no 周三, and 十三点 no 三点).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from assistant.understanding.data.examples import Annotation, Example, TrainingData

_FEWEST = 2
"""A word annotated once only may be the mistake itself."""
_NUMERALS = frozenset("0123456789零一二三四五六七八九十百两几半")


def unmarked_words(data: TrainingData) -> Iterator[tuple[str, str, int, list[Example]]]:
    """Words, their entity, where they are annotated (how often) and the examples in which they are not."""
    marked = _marked(data.examples)
    known = {words: kinds.most_common(1)[0] for words, kinds in marked.items() if len(words) > 1}
    for entity, listed in data.lookups.items():
        for words in listed:
            known.setdefault(words, (entity, 0))
    plain = _unmarked(data.examples, known)
    for words, examples in plain.items():
        entity, count = known[words]
        listed_word = words in data.lookups.get(entity, ())
        if count >= max(_FEWEST, len(examples)) or (listed_word and len(words) > 1):
            yield words, entity, count, examples


def marked_two_ways(examples: Sequence[Example]) -> Iterator[tuple[str, str, str, list[Example]]]:
    """Words annotated as two kinds: the words, the frequent kind, the rare one and the examples of it."""
    for words, kinds in _marked(examples).items():
        often, *others = [kind for kind, _ in kinds.most_common()]
        for rare in others:
            at = [example for example in examples if (words, rare) in _annotated(example)]
            yield words, often, rare, at


def cut_words(data: TrainingData) -> Iterator[tuple[str, str, Annotation, Example]]:
    """Annotations of a part of a word that is annotated whole elsewhere or listed: part, whole, and where."""
    marked = _marked(data.examples)
    known = {(words, kind) for words, kinds in marked.items() for kind, n in kinds.items() if n >= _FEWEST}
    known |= {(words, entity) for entity, listed in data.lookups.items() for words in listed}
    longest = max((len(words) for words, _ in known), default=0)
    for example in data.examples:
        for one in example.annotations:
            room = longest - (one.end - one.start)
            around = (
                example.text[start:end]
                for start in range(max(0, one.start - room), one.start + 1)
                for end in range(one.end, min(len(example.text), start + longest) + 1)
            )
            part = example.text[one.start : one.end]
            wholes = [words for words in around if len(words) > len(part) and (words, one.entity) in known]
            if wholes:
                yield part, max(wholes, key=len), one, example


def _annotated(example: Example) -> list[tuple[str, str]]:
    return [(example.text[one.start : one.end], one.entity) for one in example.annotations]


def _marked(examples: Sequence[Example]) -> dict[str, Counter[str]]:
    """How often which words are annotated as what."""
    marked: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        for words, entity in _annotated(example):
            marked[words][entity] += 1
    return dict(marked)


def _unmarked(examples: Sequence[Example], known: dict[str, tuple[str, int]]) -> dict[str, list[Example]]:
    """The known words that stand in an example outside any annotation; the longest at a place counts."""
    lengths = sorted({len(words) for words in known}, reverse=True)
    plain: defaultdict[str, list[Example]] = defaultdict(list)
    for example in examples:
        taken = {at for one in example.annotations for at in range(one.start, one.end)}
        position = 0
        while position < len(example.text):
            found = next(
                (
                    words
                    for length in lengths
                    if (words := example.text[position : position + length]) in known and len(words) == length
                ),
                None,
            )
            if found is None:
                position += 1
                continue
            end = position + len(found)
            neighbours = example.text[max(position - 1, 0) : position] + example.text[end : end + 1]
            if taken.isdisjoint(range(position, end)) and _NUMERALS.isdisjoint(neighbours):
                plain[found].append(example)
            position += len(found)
    return dict(plain)
