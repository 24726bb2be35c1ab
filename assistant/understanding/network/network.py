"""The network: towers of a small transformer over code points, and a wide linear path beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from assistant.understanding.model.card import Labels
from assistant.understanding.model.decoding import BOUNDARIES
from assistant.understanding.model.features import PADDING, PLACES, UNKNOWN
from assistant.understanding.model.settings import Settings

INPUTS = ("ngrams", "pieces", "places")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rows of the tables and columns of the outputs."""

    rows: int
    pieces: int
    positions: int
    intents: int
    acts: int
    entities: int


@dataclass(slots=True)
class Reading:
    """What one tower makes of a batch: raw scores, and the state of each position."""

    states: Tensor
    intents: Tensor
    acts: Tensor | None
    boundaries: Tensor | None
    types: Tensor | None


class FeatureDropout(nn.Module):
    """Dropout of the same features at every position of an example: as regular, and far cheaper to draw."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """[batch, ..., width] to the same."""
        if not self.training or self.share == 0:
            return x
        shape = (x.shape[0], *([1] * (x.dim() - 2)), x.shape[-1])
        kept = torch.rand(shape, device=x.device) >= self.share
        return x * (kept / (1 - self.share))


class Attention(nn.Module):
    """Multi-head self-attention that leaves padding out."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.project = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, blocked: Tensor) -> Tensor:
        """`x` [batch, length, width]; `blocked` [batch, 1, 1, length] is added to the scores."""
        batch, length, width = x.shape
        parts = self.project(x).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=blocked)
        attended: Tensor = self.out(mixed.transpose(1, 2).reshape(batch, length, width))
        return attended


class Layer(nn.Module):
    """A pre-norm transformer layer."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.before_attention = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.before_feed_forward = nn.LayerNorm(width)
        self.feed_forward = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.dropout = FeatureDropout(dropout)

    def forward(self, x: Tensor, blocked: Tensor) -> Tensor:
        """[batch, length, width] to the same."""
        x = x + self.dropout(self.attention(self.before_attention(x), blocked))
        fed: Tensor = x + self.dropout(self.feed_forward(self.before_feed_forward(x)))
        return fed


class Heads(nn.Module):
    """Scores intents, acts and entities from the states of the positions."""

    def __init__(self, width: int, dropout: float, sizes: Sizes) -> None:
        super().__init__()
        self.attend = nn.Linear(width, 1)
        self.dropout = FeatureDropout(dropout)
        self.intent = nn.Linear(3 * width, sizes.intents)
        self.act = nn.Linear(3 * width, sizes.acts) if sizes.acts else None
        self.boundary = nn.Linear(width, len(BOUNDARIES)) if sizes.entities else None
        self.kind = nn.Linear(width, sizes.entities) if sizes.entities else None

    def forward(self, states: Tensor, present: Tensor) -> Reading:
        """The whole text is read from its start mark, the strongest features and an attended mean."""
        absent = ((1 - present) * -1e4)[:, :, None]
        shares = torch.softmax(self.attend(states) + absent, dim=1)
        pooled = torch.cat(
            (states[:, 0], (states + absent).amax(dim=1), (states * shares).sum(dim=1)), dim=-1
        )
        pooled = self.dropout(pooled)
        tokens = self.dropout(states)
        return Reading(
            states=states,
            intents=self.intent(pooled),
            acts=self.act(pooled) if self.act is not None else None,
            boundaries=self.boundary(tokens) if self.boundary is not None else None,
            types=self.kind(tokens) if self.kind is not None else None,
        )


class Tower(nn.Module):
    """Embeds each position, mixes neighbours, attends, and scores intents, acts and entities."""

    def __init__(self, settings: Settings, sizes: Sizes) -> None:
        super().__init__()
        narrow, width, dropout = settings.embedding, settings.width, settings.dropout
        self.hidden_share = settings.feature_dropout
        # Few of the rows occur in a batch: sparse gradients leave the others untouched.
        self.embedded = min(sizes.rows, settings.embedded)
        self.ngrams = nn.Embedding(self.embedded, narrow, padding_idx=PADDING, sparse=True)
        self.piece = nn.Embedding(sizes.pieces, narrow, padding_idx=0)
        self.place = nn.Embedding(PLACES, narrow)
        self.widen = nn.Linear(3 * narrow, width)
        self.position = nn.Embedding(sizes.positions, width)
        self.after_embedding = nn.LayerNorm(width)
        self.neighbours = nn.Linear(3 * width, width)
        self.layers = nn.ModuleList(Layer(width, settings.heads, dropout) for _ in range(settings.layers))
        self.last = nn.LayerNorm(width)
        self.guess = nn.Linear(width, narrow)
        self.dropout = FeatureDropout(dropout)
        self.heads = Heads(width, dropout, sizes)
        for table in (self.ngrams, self.piece, self.place, self.position):
            nn.init.normal_(table.weight, std=0.1 if table is not self.position else 0.02)
        with torch.no_grad():
            self.ngrams.weight[PADDING] = 0
            self.piece.weight[0] = 0

    def _hide(self, rows: Tensor) -> Tensor:
        """In training, hides a share of the features so that none is leant on alone."""
        if not self.training or self.hidden_share == 0:
            return rows
        return rows * (torch.rand(rows.shape, device=rows.device) >= self.hidden_share)

    def characters(self, ngrams: Tensor) -> Tensor:
        """[batch, length] row of each single code point, unknown where it is too rare to be embedded."""
        single = ngrams[:, :, 0]
        return torch.where(single < self.embedded, single, UNKNOWN)

    def embed(self, ngrams: Tensor, pieces: Tensor, places: Tensor) -> Tensor:
        """[batch, length, width] before any attention."""
        single = self.ngrams(self.characters(ngrams))
        longer = ngrams[:, :, 1:]
        longer = self.ngrams(self._hide(longer * (longer < self.embedded))).sum(dim=2)
        piece = self.piece(self._hide(pieces)) + self.place(places)
        x = self.widen(torch.cat((single, longer, piece), dim=-1))
        x = x + self.position.weight[: x.shape[1]]
        embedded: Tensor = self.dropout(self.after_embedding(x))
        return embedded

    def encode(self, ngrams: Tensor, pieces: Tensor, places: Tensor, present: Tensor) -> Tensor:
        """[batch, length, width] after the layers; `present` [batch, length] is 1 or, in padding, 0."""
        x = self.embed(ngrams, pieces, places) * present[:, :, None]
        left = functional.pad(x, (0, 0, 1, 0))[:, :-1]
        right = functional.pad(x, (0, 0, 0, 1))[:, 1:]
        x = x + self.dropout(functional.gelu(self.neighbours(torch.cat((left, x, right), dim=-1))))
        blocked = ((1 - present) * -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, blocked)
        states: Tensor = self.last(x)
        return states

    def forward(self, ngrams: Tensor, pieces: Tensor, places: Tensor, present: Tensor) -> Reading:
        """The scores of a batch, in the precision of the weights."""
        present = present.to(self.last.weight.dtype)
        states = self.encode(ngrams, pieces, places, present)
        reading: Reading = self.heads(states, present)
        return reading


class Wide(nn.Module):
    """A linear classifier of the weighted bag of n-grams: each row of its table is an n-gram's votes."""

    def __init__(self, weights: Tensor, intents: int) -> None:
        super().__init__()
        self.weights: Tensor
        self.register_buffer("weights", weights)
        self.votes = nn.Embedding(len(weights), intents, padding_idx=PADDING)
        self.bias = nn.Parameter(torch.zeros(intents))
        nn.init.zeros_(self.votes.weight)

    def forward(self, ngrams: Tensor) -> Tensor:
        """[batch, intents] scores of rows [batch, length, n-gram length]."""
        rows = ngrams.flatten(1)
        weights = functional.embedding(rows, self.weights[:, None])[:, :, 0]
        norm = weights.square().sum(dim=1, keepdim=True).clamp_min(1e-6).sqrt()
        summed = (self.votes(rows) * (weights / norm)[:, :, None]).sum(dim=1)
        scores: Tensor = summed + self.bias
        return scores


class Network(nn.Module):
    """The towers together with the wide path: what is exported and served.

    Every output is the mean of the towers' log probabilities; to the intents are added the votes of the wide
    path, `wide_share` times. The towers may compute in a lower precision than the rest.
    """

    def __init__(self, towers: Sequence[nn.Module], wide: Wide, wide_share: float = 1.0) -> None:
        super().__init__()
        self.towers = nn.ModuleList(towers)
        self.wide = wide
        self.wide_share: Tensor
        self.register_buffer("wide_share", torch.tensor(wide_share))

    def forward(self, ngrams: Tensor, pieces: Tensor, places: Tensor) -> tuple[Tensor, ...]:
        """The outputs that `output_names` lists, in that order."""
        present = presence(ngrams)
        readings = [tower(ngrams, pieces, places, present) for tower in self.towers]
        intents = _mean([reading.intents for reading in readings]) + self.wide_share * self.wide(ngrams)
        outputs = [intents, coverage(ngrams, present)]
        for part in ("acts", "boundaries", "types"):
            scores = [getattr(reading, part) for reading in readings]
            if scores[0] is not None:
                outputs.append(_mean(scores))
        return tuple(outputs)


def _mean(scores: Sequence[Tensor]) -> Tensor:
    return torch.stack([torch.log_softmax(score.float(), dim=-1) for score in scores]).mean(dim=0)


def output_names(labels: Labels, *, act_head: bool) -> list[str]:
    """The outputs of a network with these labels, in order."""
    return [
        "intents",
        "coverage",
        *(["acts"] if act_head else []),
        *(["boundaries", "types"] if labels.entities else []),
    ]


def presence(ngrams: Tensor) -> Tensor:
    """[batch, length] 1 where there is a position, 0 in the padding."""
    return (ngrams[:, :, 0] != PADDING).to(torch.float32)


def coverage(ngrams: Tensor, present: Tensor) -> Tensor:
    """[batch] share of the two-character sequences that have a row."""
    known = (ngrams[:, :, 1] != PADDING).to(present.dtype).sum(dim=1)
    return known / (present.sum(dim=1) - 1).clamp_min(1.0)
