"""How many operations a text needs: counted by torch in the model's own network, padding not counted."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

from assistant.understanding.model.card import Card
from assistant.understanding.model.features import NGRAM_LENGTHS, Featuriser
from assistant.understanding.network.weights import load_network


def operations_per_utterance(folder: Path, card: Card, featuriser: Featuriser, texts: Sequence[str]) -> float:
    """The mean over the texts of the operations of matrix products, a multiply-add being two.

    What is not a matrix product (look-ups, sums, norms) is left out, as is usual.
    """
    network = load_network(folder, card).to("meta")
    lengths = Counter(min(len(text), featuriser.limit) + 2 for text in texts)
    return sum(_operations(network, length) * count for length, count in lengths.items()) / len(texts)


def _operations(network: torch.nn.Module, length: int) -> int:
    flat = torch.zeros((1, length), dtype=torch.int32, device="meta")
    ngrams = torch.zeros((1, length, len(NGRAM_LENGTHS)), dtype=torch.int32, device="meta")
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        network(ngrams, flat, flat)
    return int(counter.get_total_flops())
