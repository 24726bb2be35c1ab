"""Learns what the featuriser knows from the training texts: subwords, and which n-grams are worth a row."""

import io
from collections.abc import Sequence

import numpy as np
import sentencepiece as spm
from numpy.typing import NDArray

from assistant.understanding.model.features import (
    BUCKET_BITS,
    FIRST_ROW,
    Featuriser,
    SentencePieces,
    Subwords,
    buckets,
    code_points,
    fold,
)
from assistant.understanding.model.settings import Settings

READ_AT_ONCE = 4096


def learn(
    texts: Sequence[str],
    settings: Settings,
    unlabelled: Sequence[str] = (),
    subwords: Subwords | None = None,
) -> Featuriser:
    """A featuriser for these texts and, where the encoder is pre-trained on them, for the unlabelled ones.

    `subwords` are those of a pretrained encoder; our own are learned from the texts.

    N-grams of fewer than `least_documents` texts (`least_unlabelled` of all texts) get no row. The weights
    come from the labelled texts alone: an n-gram that no label goes with has none. Raises ValueError where
    there is nothing to learn from.
    """
    folded = [fold(text) for text in texts if text.strip()]
    more = [fold(text) for text in unlabelled if text.strip()]
    if not folded:
        raise ValueError("no texts to learn a vocabulary from")
    counts = _documents(folded, settings.max_length)
    enough = counts >= (settings.least_documents or _least(len(folded)))
    worth = enough | (counts + _documents(more, settings.max_length) >= settings.least_unlabelled)
    known = np.flatnonzero(worth if more else enough).astype(np.int32)
    # The most frequent first: the towers embed only so many of them.
    known = known[np.argsort(-counts[known], kind="stable")]
    weights = np.zeros(FIRST_ROW + len(known), np.float32)
    # Smoothed inverse document frequency, as for one document more that holds every n-gram.
    frequency = np.log((1 + len(folded)) / (1 + counts[known])) + 1
    weights[FIRST_ROW:] = np.where(enough[known], frequency, 0.0)
    subwords = subwords or _sentence_pieces([*folded, *more], settings.pieces)
    return Featuriser(subwords, known, weights, settings.max_length)


def _least(examples: int) -> int:
    return 1 if examples <= 10_000 else 2 if examples <= 20_000 else 3


def _documents(folded: Sequence[str], limit: int) -> NDArray[np.int64]:
    """In how many texts each bucket occurs."""
    counts = np.zeros(1 << BUCKET_BITS, np.int64)
    for begin in range(0, len(folded), READ_AT_ONCE):
        codes, lengths = code_points(folded[begin : begin + READ_AT_ONCE], limit)
        for row in buckets(codes, lengths).reshape(len(lengths), -1):
            counts[np.unique(row[row >= 0])] += 1
    return counts


def _sentence_pieces(folded: Sequence[str], size: int) -> SentencePieces:
    """A unigram model that changes no character, so that pieces can be laid over the text."""
    written = io.BytesIO()
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(folded),
        model_writer=written,
        vocab_size=size,
        hard_vocab_limit=False,
        model_type="unigram",
        character_coverage=1.0,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        split_by_unicode_script=False,
        bos_id=-1,
        eos_id=-1,
        num_threads=1,
        minloglevel=2,
    )
    return SentencePieces(spm.SentencePieceProcessor(model_proto=written.getvalue()))
