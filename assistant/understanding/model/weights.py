"""The weights of a network on disk, in half precision, and a network from the weights."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from assistant.understanding.model.card import RESTORE, WEIGHTS_FILE, Card, ModelError
from assistant.understanding.model.features import Featuriser
from assistant.understanding.model.network import Network, Sizes, Tower, Wide
from assistant.understanding.model.settings import Settings


def write_weights(network: Network, folder: Path) -> None:
    """Half-precision weights: what torch runtimes on a GPU load."""
    stored = {
        name: value.detach().to(torch.float16).contiguous() for name, value in network.state_dict().items()
    }
    # Not `save_file`, which leaves a file that only its owner may read.
    (folder / WEIGHTS_FILE).write_bytes(save(stored))


def load_network(folder: Path, card: Card) -> Network:
    """The network of a model folder in float32 on the CPU, for inference; move and cast it as you need.

    Raises ModelError where the weights are not those of the card.
    """
    settings = Settings.model_validate(card.pipeline["settings"])
    featuriser = Featuriser.load(folder)
    sizes = sizes_of(featuriser, card, act_head=bool(card.pipeline["act_head"]))
    towers = [Tower(settings, sizes) for _ in range(settings.towers)]
    network = Network(towers, Wide(torch.zeros(sizes.rows), sizes.intents))
    try:
        network.load_state_dict(load_file(folder / WEIGHTS_FILE))
    except (OSError, RuntimeError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelError(f"{folder / WEIGHTS_FILE}: does not load ({reason}); {RESTORE}") from None
    return network.float().eval()


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
