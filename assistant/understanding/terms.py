"""Finding the words of a list in a text, with what may stand inside them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# What may stand between the part of the body and the complaint: adverbs, and the negations read there.
BETWEEN = (
    r"(?:有一?点儿?|有些|一点儿?|老是?|总是?|一直|还是?|很|特别|会|也|都|就|又|开始|经常|常常?|偶尔|稍微"
    r"|微微|有时候?会?|里面?|上|这边|那边|这里"
    r"|感觉|觉得|现在|最近|倒是?|这[几两]天|今天|昨天|已经|突然|忽然|挺|蛮|好|太|怎么|再|没有?|不|并|有|是"
    r"|得|发|的|一阵阵?|阵阵|隐隐|剧烈|这个|那个|着|老?犯|从来"
    r"|还好|大|特|非常|比较|疼得|明显|轻微|快|要)"
)


class LexiconError(ValueError):
    """A content file of the lexicon is not as it should be; says which file, where and what to do."""


def gapped(pattern: str) -> str:
    """`pattern` with `~` made a group that takes what may stand between."""
    return pattern.replace("~", f"({BETWEEN}{{0,4}}?)")


def gap_of(match: re.Match[str]) -> str:
    """What a gap took, and a negation with which the words begin (没发烧)."""
    gaps = [match.span(group) for group in range(1, (match.re.groups or 0) + 1)]
    gaps = [span for span in gaps if span[0] >= 0 and span != match.span()]
    opened = match.group()[0] in "没不" and any(start == match.start() + 1 for start, _ in gaps)
    return (match.group()[0] if opened else "") + "".join(match.string[start:end] for start, end in gaps)


@dataclass(frozen=True, slots=True)
class Found:
    """A term found in a text, [start, end) in the normalised text.

    `gap` is what stood for `~` in the pattern: the adverbs and negations inside the term (头[也不怎么]晕).
    """

    term: str
    start: int
    end: int
    gap: str = ""


class TermFinder:
    """Finds the terms of a word list in a text, longest first, without overlaps.

    The patterns are kept by their first character: most characters of a sentence begin no word at all.
    """

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        """`entries` are (pattern, term): a pattern is literal text, `~`, or a regular expression."""
        by_first: dict[str, list[tuple[str, str]]] = {}
        for pattern, term in entries:
            by_first.setdefault(pattern[0], []).append((pattern, term))
        self._terms: dict[str, str] = {}
        self._by_first: dict[str, re.Pattern[str]] = {}
        for first, patterns in by_first.items():
            patterns.sort(key=lambda pair: len(pair[0]), reverse=True)
            branches = []
            for pattern, term in patterns:
                name = f"t{len(self._terms)}"
                self._terms[name] = term
                branches.append(f"(?P<{name}>{gapped(pattern)})")
            self._by_first[first] = re.compile("|".join(branches))

    def find(self, text: str) -> list[Found]:
        """All terms of the normalised `text`, in order."""
        found, at = [], 0
        while at < len(text):
            pattern = self._by_first.get(text[at])
            match = pattern.match(text, at) if pattern else None
            if match and match.end() > at:
                found.append(Found(self._terms[match.lastgroup or ""], at, match.end(), gap_of(match)))
                at = match.end()
            else:
                at += 1
        return found
