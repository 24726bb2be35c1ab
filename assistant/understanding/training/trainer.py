"""Examples in, a model folder out: vocabulary, towers, wide path, calibration, export, card."""

import hashlib
import json
import logging
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from assistant.understanding.data.example import Example
from assistant.understanding.data.folds import Fold
from assistant.understanding.model.card import (
    PRETRAINED_CONFIG_FILE,
    Calibration,
    Card,
    DataFacts,
    write_card,
)
from assistant.understanding.model.decoding import allowed_transitions
from assistant.understanding.model.features import Arrays, Featuriser
from assistant.understanding.model.settings import Settings
from assistant.understanding.network.network import (
    INPUTS,
    Network,
    Sizes,
    Tower,
    Wide,
    coverage,
    output_names,
    presence,
)
from assistant.understanding.network.pretrained import PretrainedTower, build_tower, load_subwords
from assistant.understanding.network.weights import sizes_of, write_weights
from assistant.understanding.training import vocabulary
from assistant.understanding.training.calibration import HeldOut, measured, mixture, scope_of
from assistant.understanding.training.export import write_onnx
from assistant.understanding.training.fitting import fit
from assistant.understanding.training.holding_out import held_out_parts
from assistant.understanding.training.linear import fit_wide
from assistant.understanding.training.pretraining import pretrain
from assistant.understanding.training.targets import Targets, labels_of, targets_of

log = logging.getLogger(__name__)

READ_AT_ONCE = 256
"""Examples in one forward pass when the held-out ones are read."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training is: epochs over all towers, the mean loss of the last, seconds gone and left."""

    done: int
    total: int
    loss: float
    seconds: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class _Material:
    """What every tower learns from."""

    inputs: Arrays
    targets: Targets
    unlabelled: Arrays | None
    weights: NDArray[np.float32]
    sizes: Sizes
    settings: Settings


class _Clock:
    """Counts the epochs of all towers and tells how long the rest will take."""

    def __init__(
        self, settings: Settings, examples: int, progress: Callable[[Progress], None] | None
    ) -> None:
        self._progress = progress
        learned = round(examples * (1 - settings.held_out))
        self._total = settings.towers * (settings.epochs_for(learned) + settings.pretraining_epochs)
        self._done = 0
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the training began."""
        return time.monotonic() - self._began

    def tick(self, _epoch: int, _epochs: int, loss: float) -> None:
        """One epoch more is done."""
        self._done += 1
        if self._progress is not None:
            left = self.seconds / self._done * max(0, self._total - self._done)
            self._progress(Progress(self._done, self._total, loss, self.seconds, left))


def train(
    examples: Sequence[Example],
    folder: Path,
    settings: Settings | None = None,
    *,
    seed: int = 0,
    name: str = "understanding",
    version: str = "1",
    acts_of_intents: Mapping[str, str] | None = None,
    unlabelled: Sequence[str] = (),
    rebuild: str = "",
    progress: Callable[[Progress], None] | None = None,
) -> Card:
    """Trains on the examples and writes the model folder, which must not exist yet. Returns its card.

    Entities, acts and `out_of_scope` are learned where the examples have them; `unlabelled` texts are read
    first, for `settings.pretraining_epochs`. The same examples, settings
    and seed give the same model on the same machine. Raises ValueError for fewer than two intents or too few
    examples to hold some out, FileExistsError for a folder that exists.
    """
    settings = _settled(settings or Settings())
    if folder.exists():
        raise FileExistsError(f"{folder} exists; name a new folder for the model")
    acts = dict(acts_of_intents or {})
    labels = labels_of(examples, acts)
    if len(labels.intents) < 2:
        raise ValueError("training needs examples of at least two intents")
    clock = _Clock(settings, len(examples), progress)
    torch.set_num_threads(1)
    featuriser = _featuriser(examples, unlabelled, settings)
    act_head = any(example.act is not None for example in examples)
    card = Card(
        name=name,
        version=version,
        labels=labels,
        acts_of_intents={intent: acts[intent] for intent in labels.intents if intent in acts},
        pipeline={"settings": settings.model_dump(mode="json"), "act_head": act_head},
        data=DataFacts(hash=data_hash(examples), examples=len(examples)),
        seed=seed,
        rebuild=rebuild,
    )
    inputs = featuriser([example.text for example in examples])
    material = _Material(
        inputs=inputs,
        targets=targets_of(examples, labels, acts, inputs),
        unlabelled=featuriser(unlabelled) if unlabelled and settings.pretraining_epochs else None,
        weights=featuriser.weights,
        sizes=sizes_of(featuriser, card, act_head=act_head),
        settings=settings,
    )
    folds = held_out_parts(examples, settings.held_out, settings.towers, seed)
    towers = _towers(material, folds, seed, clock)
    network, calibration, metrics = _assembled(material, folds, towers, labels.intents)
    metrics["training_seconds"] = round(clock.seconds, 1)
    card = card.model_copy(update={"calibration": calibration, "metrics": metrics})
    return _write(folder, featuriser, network, card)


def _settled(settings: Settings) -> Settings:
    """The settings that the training goes by: a pretrained encoder that is not there is left out."""
    if settings.pretrained is None:
        return settings
    if not settings.pretrained.is_dir():
        log.warning("%s is not there: training our own encoder in its place", settings.pretrained)
        return settings.model_copy(update={"pretrained": None})
    # One tower: the parts of a large encoder differ little, and two would take twice the memory and time.
    return settings.model_copy(update={"towers": 1, "pretraining_epochs": 0})


def _featuriser(examples: Sequence[Example], unlabelled: Sequence[str], settings: Settings) -> Featuriser:
    texts = [example.text for example in examples]
    if settings.pretrained is None:
        return vocabulary.learn(texts, settings, unlabelled if settings.pretraining_epochs else ())
    return vocabulary.learn(texts, settings, subwords=load_subwords(settings.pretrained))


def data_hash(examples: Sequence[Example]) -> str:
    """SHA-256 over the examples in order, wherever they were read from."""
    digest = hashlib.sha256()
    for example in examples:
        spans = [(a.entity, a.start, a.end, a.value) for a in example.annotations]
        line = json.dumps([example.text, example.intent, example.act, spans], ensure_ascii=False)
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _towers(material: _Material, folds: Sequence[Fold], seed: int, clock: _Clock) -> list[nn.Module]:
    """One tower per fold, each trained on all but that fold's held-out part."""
    towers = []
    for number, (chosen, _) in enumerate(folds):
        seed_of_tower = seed * 1000 + number
        torch.manual_seed(seed_of_tower)
        tower = build_tower(material.settings, material.sizes)
        if material.unlabelled is not None and isinstance(tower, Tower):
            pretrain(tower, material.unlabelled, material.settings, seed=seed_of_tower, step=clock.tick)
        towers.append(
            fit(
                tower,
                material.inputs,
                material.targets,
                np.array(chosen),
                material.settings,
                seed=seed_of_tower,
                step=clock.tick,
            )
        )
    return towers


def _assembled(
    material: _Material, folds: Sequence[Fold], towers: Sequence[nn.Module], intents: Sequence[str]
) -> tuple[Network, Calibration, dict[str, float]]:
    """All towers and a wide path trained on everything, calibrated on what each tower did not see."""
    settings, sizes = material.settings, material.sizes
    parts = [
        _held_out(material, np.array(chosen), np.array(held), tower)
        for (chosen, held), tower in zip(folds, towers, strict=True)
    ]
    held = HeldOut(
        deep=np.concatenate([part.deep for part in parts]),
        wide=np.concatenate([part.wide for part in parts]),
        coverage=np.concatenate([part.coverage for part in parts]),
        intents=np.concatenate([part.intents for part in parts]),
    )
    share, temperature = mixture(held)
    logits = held.deep + share * held.wide
    scope = scope_of(logits, held, intents, temperature, settings.false_rejection)
    calibration = Calibration(
        temperature=temperature,
        in_scope=scope,
        transitions=allowed_transitions().tolist() if sizes.entities else [],
    )
    everything = np.arange(len(material.targets.intents))
    wide = _wide(material, everything)
    metrics = measured(logits, held, intents, temperature, scope)
    return Network(towers, wide, share).eval(), calibration, metrics


def _wide(material: _Material, chosen: NDArray[np.int64]) -> Wide:
    return fit_wide(
        material.inputs,
        material.weights,
        material.targets.intents,
        material.sizes.intents,
        chosen,
        material.settings.svm_cost,
    )


@torch.no_grad()
def _held_out(
    material: _Material, chosen: NDArray[np.int64], held: NDArray[np.int64], tower: nn.Module
) -> HeldOut:
    """The outputs of a tower, and of a wide path trained beside it, for the rows that it did not see."""
    wide = _wide(material, chosen)
    deep, votes, known = [], [], []
    for begin in range(0, len(held), READ_AT_ONCE):
        rows = held[begin : begin + READ_AT_ONCE]
        ngrams, pieces, places = (torch.from_numpy(material.inputs[name][rows]) for name in INPUTS)
        present = presence(ngrams)
        deep.append(torch.log_softmax(tower(ngrams, pieces, places, present).intents, dim=-1).numpy())
        votes.append(wide(ngrams).numpy())
        known.append(coverage(ngrams, present).numpy())
    return HeldOut(
        deep=np.concatenate(deep),
        wide=np.concatenate(votes),
        coverage=np.concatenate(known),
        intents=material.targets.intents[held],
    )


def _write(folder: Path, featuriser: Featuriser, network: Network, card: Card) -> Card:
    """Writes beside the folder first, so that a folder of that name is always a whole model."""
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    featuriser.save(unfinished)
    write_weights(network, unfinished)
    for tower in network.towers:
        if isinstance(tower, PretrainedTower):
            (unfinished / PRETRAINED_CONFIG_FILE).write_text(tower.configuration(), encoding="utf-8")
    sample = {
        key: torch.from_numpy(value) for key, value in featuriser(["您好", "今天的血压是一百四"]).items()
    }
    names = output_names(card.labels, act_head=bool(card.pipeline["act_head"]))
    write_onnx(network, names, sample, unfinished)
    written = write_card(unfinished, card)
    unfinished.rename(folder)
    return written
