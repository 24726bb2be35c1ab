"""The one measure of how long a text is: Han characters plus Latin words plus numbers.

Spaces do not separate Chinese words, so nothing in the voice layer may count words by splitting at them.
"""

import re
from typing import Final

_UNIT: Final = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0003134F]|[A-Za-z]+|\d+(?:\.\d+)?")


def length(text: str) -> int:
    """The length of `text` in units; punctuation and spaces count nothing."""
    return sum(1 for _ in _UNIT.finditer(text))
