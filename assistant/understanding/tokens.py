"""Tokens: a Chinese character, or a run of Latin letters or digits. Spaces separate no Chinese words."""

import re

_TOKEN = re.compile(r"[A-Za-z]+|[0-9０-９]+(?:[.．][0-9０-９]+)?|[^\W_]")


def token_spans(text: str) -> list[tuple[int, int]]:
    """[start, end) of every token of `text` as given."""
    return [found.span() for found in _TOKEN.finditer(text)]
