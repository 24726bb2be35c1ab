"""Finds the pairs of nearly the same strings among thousands, without comparing all with all."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil

NEAR = 0.5
"""Jaccard similarity of character bigrams from which two structures count as near copies: one word of two
characters exchanged in a sentence of eight, or a clause of a third of its length added."""

_SYMBOL = re.compile(r"\{[^}]*\}|.", re.DOTALL)


def near_pairs(texts: Sequence[str], threshold: float = NEAR) -> Iterator[tuple[int, int, float]]:
    """Every pair `(i, j, similarity)`, i < j, of texts at least `threshold` alike. `{mask}` is one character.

    Exact. Two sets that are so alike share one of their rarest members, so only texts that share one are
    compared (prefix filtering, Chaudhuri et al. 2006, Bayardo et al. 2007): seconds for ten thousand.
    """
    sets = [_bigrams(text) for text in texts]
    frequency = Counter(bigram for members in sets for bigram in members)
    rarest_first = [sorted(members, key=lambda one: (frequency[one], one)) for members in sets]
    holders: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for later in sorted(range(len(texts)), key=lambda index: (len(sets[index]), index)):
        size = len(sets[later])
        prefix = rarest_first[later][: size - ceil(threshold * size) + 1]
        candidates = {earlier for bigram in prefix for earlier in holders[bigram]}
        for earlier in sorted(candidates):
            if len(sets[earlier]) < threshold * size:
                continue
            shared = len(sets[earlier] & sets[later])
            similarity = shared / (len(sets[earlier]) + size - shared)
            if similarity >= threshold:
                yield min(earlier, later), max(earlier, later), similarity
        for bigram in prefix:
            holders[bigram].append(later)


def _bigrams(text: str) -> frozenset[tuple[str, str]]:
    """Neighbouring symbols, the borders among them."""
    symbols = ["^", *_SYMBOL.findall(text), "$"]
    return frozenset(pairwise(symbols))
