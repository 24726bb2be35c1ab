"""Learns what the featuriser knows from the training texts: subwords, and which n-grams are worth a row."""

import io
from collections.abc import Sequence

import numpy as np
import sentencepiece as spm

from assistant.understanding.model.features import (
    BUCKET_BITS,
    FIRST_ROW,
    Featuriser,
    buckets,
    code_points,
    fold,
)
from assistant.understanding.model.settings import Settings


def learn(texts: Sequence[str], settings: Settings, *, limit: int | None = None) -> Featuriser:
    """A featuriser for these texts. N-grams of fewer than `settings.least_documents` texts get no row.

    Raises ValueError where there are no texts to learn from.
    """
    folded = [fold(text) for text in texts if text.strip()]
    if not folded:
        raise ValueError("no texts to learn a vocabulary from")
    cut = limit or settings.max_length
    counts = np.zeros(1 << BUCKET_BITS, np.int64)
    for begin in range(0, len(folded), 4096):
        codes, lengths = code_points(folded[begin : begin + 4096], cut)
        for row in buckets(codes, lengths).reshape(len(lengths), -1):
            counts[np.unique(row[row >= 0])] += 1
    known = np.flatnonzero(counts >= settings.least_documents).astype(np.int32)
    weights = np.zeros(FIRST_ROW + len(known), np.float32)
    # Smoothed inverse document frequency, as for a document that holds every n-gram once.
    weights[FIRST_ROW:] = np.log((1 + len(folded)) / (1 + counts[known])) + 1
    return Featuriser(_subwords(folded, settings.pieces), known, weights, cut)


def _subwords(folded: Sequence[str], size: int) -> spm.SentencePieceProcessor:
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
    return spm.SentencePieceProcessor(model_proto=written.getvalue())
