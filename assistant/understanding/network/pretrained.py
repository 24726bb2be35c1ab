"""A pretrained Chinese encoder from a local folder in place of our own layers, under our heads."""

import json
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer

from assistant.understanding.model.features import BEGIN, SINGLE
from assistant.understanding.model.pretrained_subwords import PretrainedSubwords
from assistant.understanding.model.settings import Settings
from assistant.understanding.network.network import Heads, Reading, Sizes, Tower


class PretrainedError(Exception):
    """A pretrained encoder cannot be read. The message says which folder, what is wrong and what to do."""


def load_subwords(folder: Path) -> PretrainedSubwords:
    """The tokenizer of a pretrained encoder's folder, never looked for on the network."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, use_fast=True)
        with tempfile.TemporaryDirectory() as scratch:
            tokenizer.backend_tokenizer.save(str(Path(scratch) / "tokenizer.json"))
            return PretrainedSubwords.load(Path(scratch))
    except (OSError, ValueError, AttributeError) as error:
        raise PretrainedError(_advice(folder, error)) from None


def load_encoder(folder: Path) -> nn.Module:
    """The encoder of a folder with its weights, never looked for on the network."""
    try:
        encoder: nn.Module = AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    except (OSError, ValueError) as error:
        raise PretrainedError(_advice(folder, error)) from None
    return encoder


def _advice(folder: Path, error: Exception) -> str:
    reason = str(error).splitlines()[0]
    return (
        f"{folder}: no encoder of the transformers library ({reason}); put its configuration, weights and "
        f"tokenizer there, or leave `understanding.encoder.pretrained` out"
    )


def build_tower(settings: Settings, sizes: Sizes) -> nn.Module:
    """A tower to be trained: ours, or the heads over the pretrained encoder that the settings name."""
    if settings.pretrained is None:
        return Tower(settings, sizes)
    return PretrainedTower(load_encoder(settings.pretrained), settings, sizes)


def empty_encoder(config: dict[str, Any]) -> nn.Module:
    """An encoder of this configuration, its weights to be filled in."""
    rest = {name: value for name, value in config.items() if name != "model_type"}
    encoder: nn.Module = AutoModel.from_config(AutoConfig.for_model(config["model_type"], **rest))
    return encoder


class PretrainedTower(nn.Module):
    """A pretrained encoder over its own tokens, spread over code points, under our heads.

    A token stands at its first code point; the code points inside it are no positions of the encoder and take
    the token's state.
    """

    def __init__(self, encoder: nn.Module, settings: Settings, sizes: Sizes) -> None:
        super().__init__()
        self.pretrained = encoder
        width = int(encoder.config.hidden_size)  # type: ignore[union-attr, arg-type]
        self.heads = Heads(width, settings.dropout, sizes)

    def configuration(self) -> str:
        """The encoder's configuration as JSON: with it, the network can be built without the folder."""
        settled: dict[str, Any] = self.pretrained.config.to_dict()  # type: ignore[union-attr, operator]
        # Names beginning with _ are of this process, such as the folder that it was loaded from.
        kept = {name: value for name, value in settled.items() if not name.startswith("_")}
        return json.dumps(kept, ensure_ascii=False, indent=1, default=str)

    def forward(self, ngrams: Tensor, pieces: Tensor, places: Tensor, present: Tensor) -> Reading:
        """The scores of a batch; the n-grams are read by the wide path alone."""
        inside = (places == 0) | (places == SINGLE) | (places == BEGIN)
        tokens = inside.to(torch.int64) * (present > 0).to(torch.int64)
        position = (tokens.cumsum(dim=1) - 1).clamp_min(0)
        states = self.pretrained(
            input_ids=pieces.to(torch.int64), attention_mask=tokens, position_ids=position
        ).last_hidden_state
        # [batch, to, from]: each code point takes the state of the token that it belongs to.
        same = (position[:, :, None] == position[:, None, :]) & (tokens[:, None, :] > 0)
        spread = same.to(states.dtype) @ states
        reading: Reading = self.heads(spread, present)
        return reading
