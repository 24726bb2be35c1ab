"""Text to arrays, on numpy and sentencepiece alone: a position per code point between two marks.

A position carries the hashed character n-grams that begin there (1 to 4 code points long) and the subword of
sentencepiece that covers it, with its place in that piece. So an entity may begin and end anywhere, whatever
the subwords are.
"""

import unicodedata
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

from assistant.understanding.model.card import (
    PRETRAINED_TOKENIZER_FILE,
    RESTORE,
    TOKENIZER_FILE,
    VOCABULARY_FILE,
    ModelError,
)

Arrays = dict[str, NDArray[np.int32]]

NGRAM_LENGTHS = (1, 2, 3, 4)
BUCKET_BITS = 20
PADDING, UNKNOWN = 0, 1
"""Rows of the n-gram table that stand for no n-gram, and for a code point never seen in training."""
FIRST_ROW = 2

START, END = 2, 3
"""Code points of the marks around a text; as control characters they never come out of `fold`."""

SINGLE, BEGIN, INSIDE, LAST = 1, 2, 3, 4
"""Place of a code point in its piece; 0 is padding and the marks."""
PLACES = 5

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


class _Folding(dict[int, int]):
    """One code point to one code point: width, case, digits to 0, control characters to a space."""

    def __missing__(self, code: int) -> int:
        character = chr(code)
        category = unicodedata.category(character)
        if category == "Cs":
            folded = "\ufffd"
        elif category in ("Cc", "Zs", "Zl", "Zp"):
            folded = " "
        elif category == "Nd":
            folded = "0"
        else:
            folded = unicodedata.normalize("NFKC", character).lower()
        self[code] = ord(folded) if len(folded) == 1 else code
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text as the model sees it: as many code points as before, each at its place."""
    return text.translate(_FOLDING)


def code_points(folded: Sequence[str], limit: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """[batch, longest + 2] code points between the marks, 0 after the end; the lengths, marks included."""
    lengths = np.fromiter((min(len(text), limit) + 2 for text in folded), np.int64, len(folded))
    codes = np.zeros((len(folded), int(lengths.max(initial=2))), np.uint64)
    codes[:, 0] = START
    for row, text, length in zip(codes, folded, lengths.tolist(), strict=True):
        row[1 : length - 1] = np.frombuffer(text[:limit].encode("utf-32-le"), np.uint32)
        row[length - 1] = END
    return codes, lengths


def buckets(codes: NDArray[np.uint64], lengths: NDArray[np.int64]) -> NDArray[np.int32]:
    """[batch, length, n-gram length] hash of the n-gram that begins at each position, or -1 where it would
    run over the end mark."""
    batch, width = codes.shape
    found = np.full((batch, width, len(NGRAM_LENGTHS)), -1, np.int32)
    left = lengths[:, None] - np.arange(width)
    hashes = np.zeros_like(codes)
    for index, size in enumerate(NGRAM_LENGTHS):
        shifted = np.zeros_like(codes)
        shifted[:, : max(0, width - size + 1)] = codes[:, size - 1 :]
        hashes = (hashes + shifted + np.uint64(1)) * _MULTIPLIER
        hashes ^= hashes >> np.uint64(29)
        bucket = (hashes >> np.uint64(64 - BUCKET_BITS)).astype(np.int32)
        np.copyto(found[:, :, index], bucket, where=left >= size)
    return found


class Subwords(Protocol):
    """What cuts a text into pieces; every code point belongs to at most one."""

    @property
    def size(self) -> int:
        """Numbers given to pieces lie below it; 0 is no piece."""
        ...

    marks: tuple[int, int]
    """Numbers that stand for the start and the end mark."""

    def spans(self, text: str) -> list[tuple[int, int, int]]:
        """(first, past last, number) of each piece, in code points of the text."""
        ...

    def save(self, folder: Path) -> None:
        """Writes what it needs to be loaded again."""
        ...


class SentencePieces:
    """Subwords learned from the training texts. Number 0 is padding, 1 + i is piece i."""

    marks = (0, 0)

    def __init__(self, processor: SentencePieceProcessor) -> None:
        self.processor = processor

    @property
    def size(self) -> int:
        """Rows of the piece table."""
        return 1 + int(self.processor.get_piece_size())

    def spans(self, text: str) -> list[tuple[int, int, int]]:
        """The pieces, laid over the text end to end: the model changes no character."""
        folded = fold(text)
        # One text at a time: for a list sentencepiece starts threads, which cost more than all the rest.
        surfaces = self.processor.encode(folded, out_type=str)
        numbers = self.processor.encode(folded, out_type=int)
        found: list[tuple[int, int, int]] = []
        at = 0
        for surface, number in zip(surfaces, numbers, strict=True):
            found.append((at, at + len(surface), number + 1))
            at += len(surface)
        return found

    def save(self, folder: Path) -> None:
        """Writes the model of sentencepiece."""
        (folder / TOKENIZER_FILE).write_bytes(self.processor.serialized_model_proto())


class Featuriser:
    """Texts to the inputs of the network.

    `known` are the buckets of the n-grams worth a row, the most frequent first: row `FIRST_ROW + i` belongs
    to `known[i]`.
    `weights` is the inverse document frequency of each row. Texts are cut at `limit` code points.
    """

    def __init__(
        self, subwords: Subwords, known: NDArray[np.int32], weights: NDArray[np.float32], limit: int
    ) -> None:
        self.subwords = subwords
        self.known = known
        self.weights = weights
        self.limit = limit

    @classmethod
    def load(cls, folder: Path) -> "Featuriser":
        """Reads the subwords and n-gram vocabulary of a model folder; ModelError where they do not load."""
        try:
            with np.load(folder / VOCABULARY_FILE, allow_pickle=False) as stored:
                known, weights, limit = stored["known"], stored["weights"], int(stored["limit"])
            return cls(_subwords(folder), known, weights, limit)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(f"{folder}: its vocabulary does not load ({error}); {RESTORE}") from None

    def save(self, folder: Path) -> None:
        """Writes what `load` reads."""
        self.subwords.save(folder)
        with (folder / VOCABULARY_FILE).open("wb") as file:
            np.savez(file, known=self.known, weights=self.weights, limit=np.int64(self.limit))

    @property
    def rows(self) -> int:
        """Rows of the n-gram table, `PADDING` and `UNKNOWN` included."""
        return FIRST_ROW + len(self.known)

    @property
    def pieces(self) -> int:
        """Rows of the piece table."""
        return self.subwords.size

    @cached_property
    def _row_of_bucket(self) -> NDArray[np.int32]:
        # One more entry than buckets: index -1 (no n-gram) reads the last, which stays PADDING.
        rows = np.zeros((1 << BUCKET_BITS) + 1, np.int32)
        rows[self.known] = np.arange(FIRST_ROW, self.rows, dtype=np.int32)
        return rows

    def __call__(self, texts: Sequence[str]) -> Arrays:
        """The network's inputs, padded to the longest text (length = its code points + 2):

        `ngrams` [batch, length, 4] rows, `pieces` [batch, length] and `places` [batch, length]. Code point
        `i` of a text is at position `i + 1`.
        """
        codes, lengths = code_points([fold(text) for text in texts], self.limit)
        rows = self._row_of_bucket[buckets(codes, lengths)]
        singles = rows[:, :, 0]
        unseen = (singles == PADDING) & (np.arange(codes.shape[1]) < lengths[:, None])
        singles[unseen] = UNKNOWN
        pieces, places = self._pieces(texts, lengths, codes.shape[1])
        return {"ngrams": rows, "pieces": pieces, "places": places}

    def _pieces(
        self, texts: Sequence[str], lengths: NDArray[np.int64], width: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        pieces = np.zeros((len(texts), width), np.int32)
        places = np.zeros((len(texts), width), np.int32)
        for row, (text, length) in enumerate(zip(texts, lengths.tolist(), strict=True)):
            pieces[row, 0], pieces[row, length - 1] = self.subwords.marks
            for begin, end, number in self.subwords.spans(text[: self.limit]):
                pieces[row, begin + 1 : end + 1] = number
                if end - begin == 1:
                    places[row, end] = SINGLE
                else:
                    places[row, begin + 1 : end] = INSIDE
                    places[row, begin + 1] = BEGIN
                    places[row, end] = LAST
        return pieces, places


def _subwords(folder: Path) -> Subwords:
    if (folder / PRETRAINED_TOKENIZER_FILE).is_file():
        # Only a model over a pretrained encoder needs the tokenizers of `transformers`.
        from assistant.understanding.model.pretrained_subwords import PretrainedSubwords

        return PretrainedSubwords.load(folder)
    return SentencePieces(SentencePieceProcessor(model_proto=(folder / TOKENIZER_FILE).read_bytes()))
