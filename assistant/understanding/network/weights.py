"""The weights of a network on disk, and a network from the weights."""

import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from assistant.understanding.model.card import PRETRAINED_CONFIG_FILE, RESTORE, WEIGHTS_FILE, Card, ModelError
from assistant.understanding.model.features import Featuriser
from assistant.understanding.model.settings import Settings
from assistant.understanding.network.network import Network, Sizes, Tower, Wide

TABLE_ROWS = 2048
"""A matrix of so many rows is a table: most of the file, and each row is used alone."""
SCALE = ".scale"


def write_weights(network: Network, folder: Path) -> None:
    """The weights, small: tables in 8 bits with a scale for each row, the rest in half precision."""
    stored: dict[str, Tensor] = {}
    for name, value in network.state_dict().items():
        if value.dim() == 2 and len(value) >= TABLE_ROWS:
            scale = value.abs().amax(dim=1, keepdim=True).clamp_min(1e-12) / 127
            stored[name] = (value / scale).round().to(torch.int8)
            stored[name + SCALE] = scale.to(torch.float32)
        else:
            stored[name] = value.detach().to(torch.float16).contiguous()
    # Not `save_file`, which leaves a file that only its owner may read.
    (folder / WEIGHTS_FILE).write_bytes(save(stored))


def _read_weights(file: Path) -> dict[str, Tensor]:
    stored = load_file(file)
    return {
        name: value.to(torch.float32) * stored[name + SCALE] if name + SCALE in stored else value
        for name, value in stored.items()
        if not name.endswith(SCALE)
    }


def load_network(folder: Path, card: Card) -> Network:
    """The network of a model folder in float32 on the CPU, for inference; move and cast it as you need.

    Raises ModelError where the weights are not those of the card.
    """
    settings = Settings.model_validate(card.pipeline["settings"])
    featuriser = Featuriser.load(folder)
    sizes = sizes_of(featuriser, card, act_head=bool(card.pipeline["act_head"]))
    towers = [_tower(folder, settings, sizes) for _ in range(settings.towers)]
    network = Network(towers, Wide(torch.zeros(sizes.rows), sizes.intents))
    try:
        network.load_state_dict(_read_weights(folder / WEIGHTS_FILE))
    except (OSError, RuntimeError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelError(f"{folder / WEIGHTS_FILE}: does not load ({reason}); {RESTORE}") from None
    return network.float().eval()


def _tower(folder: Path, settings: Settings, sizes: Sizes) -> nn.Module:
    configuration = folder / PRETRAINED_CONFIG_FILE
    if settings.pretrained is None:
        return Tower(settings, sizes)
    # Only a model over a pretrained encoder needs `transformers`.
    from assistant.understanding.network.pretrained import PretrainedTower, empty_encoder

    return PretrainedTower(empty_encoder(json.loads(configuration.read_text("utf-8"))), settings, sizes)


def sizes_of(featuriser: Featuriser, card: Card, *, act_head: bool) -> Sizes:
    """The sizes of the network for a vocabulary and labels."""
    return Sizes(
        rows=featuriser.rows,
        pieces=featuriser.pieces,
        positions=featuriser.limit + 2,
        intents=len(card.labels.intents),
        acts=len(card.labels.acts) if act_head else 0,
        entities=len(card.labels.entities),
    )
