"""Fits the network to the examples by CTC."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import torch
from torch import Tensor

from voice.training.dataset import BLANK, Example, read_shard
from voice.training.network import CONTEXT, Network, Shape, outputs_of, padded

BATCH_FRAMES = 16_000
"""Input frames in one batch, padding included."""


class Fitting:
    """A training run that can be stopped and taken up again from `checkpoint` after any epoch."""

    def __init__(
        self,
        shape: Shape,
        shards: Sequence[Path],
        checkpoint: Path,
        *,
        epochs: int,
        rate: float,
        seed: int,
        threads: int,
        report: Callable[[str], None],
        start_from: Path | None = None,
    ) -> None:
        os.nice(max(0, 10 - os.nice(0)))
        torch.set_num_threads(threads)
        torch.manual_seed(seed)
        self._examples = [example for path in shards for example in read_shard(path)]
        self._checkpoint, self._epochs, self._seed, self._report = checkpoint, epochs, seed, report
        self.network = Network(shape)
        if start_from is not None:
            self.network.load_state_dict(torch.load(start_from, weights_only=True)["network"])
        else:
            self._normalise()
        batches = len(self._batches(0))
        self._optimiser = torch.optim.AdamW(self.network.parameters(), lr=rate, weight_decay=0.01)
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimiser, rate, total_steps=batches * epochs, pct_start=0.2
        )
        self._reduced = torch.backends.cpu.get_cpu_capability() == "AVX512" and _has_bfloat16()

    def _normalise(self) -> None:
        sample = torch.cat([torch.from_numpy(e.features).float() for e in self._examples[:500]])
        self.network.mean.copy_(sample.mean(0))
        self.network.scale.copy_(1 / sample.std(0))

    def _batches(self, epoch: int) -> list[list[Example]]:
        """Examples of like length together, in random order."""
        random = Random(self._seed * 1000 + epoch)
        order = sorted(self._examples, key=lambda e: len(e.features) + random.uniform(0, 30))
        batches: list[list[Example]] = [[]]
        for example in order:
            if batches[-1] and (len(batches[-1]) + 1) * (len(example.features) + 2 * CONTEXT) > BATCH_FRAMES:
                batches.append([])
            batches[-1].append(example)
        random.shuffle(batches)
        return batches

    def run(self) -> Network:
        first = self._resume()
        for epoch in range(first, self._epochs):
            self._epoch(epoch)
            state = {
                "network": self.network.state_dict(),
                "optimiser": self._optimiser.state_dict(),
                "schedule": self._schedule.state_dict(),
                "epoch": epoch + 1,
            }
            torch.save(state, self._checkpoint.with_suffix(".partial"))
            self._checkpoint.with_suffix(".partial").replace(self._checkpoint)
        return self.network.eval()

    def _resume(self) -> int:
        if not self._checkpoint.exists():
            return 0
        state = torch.load(self._checkpoint, weights_only=True)
        self.network.load_state_dict(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        return int(state["epoch"])

    def _epoch(self, epoch: int) -> None:
        self.network.train()
        batches = self._batches(epoch)
        started, total, reported = time.monotonic(), 0.0, time.monotonic()
        for index, batch in enumerate(batches, 1):
            loss = self._loss(batch)
            self._optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
            self._optimiser.step()
            self._schedule.step()
            total += loss.item()
            if time.monotonic() - reported > 20 or index == len(batches):
                reported = time.monotonic()
                per_batch = (reported - started) / index
                left = per_batch * (len(batches) * (self._epochs - epoch) - index)
                self._report(f"epoch {epoch + 1}/{self._epochs}: loss {total / index:.3f}, {left:.0f} s left")

    def _loss(self, batch: list[Example]) -> Tensor:
        inputs = [padded(torch.from_numpy(example.features).float()) for example in batch]
        features = torch.nn.utils.rnn.pad_sequence(inputs, batch_first=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=self._reduced):
            scores = self.network(features)
        frames = torch.tensor([outputs_of(len(example.features)) for example in batch])
        targets = torch.cat([torch.from_numpy(example.units).long() for example in batch])
        counts = torch.tensor([len(example.units) for example in batch])
        loss = torch.nn.functional.ctc_loss(
            scores.transpose(0, 1), targets, frames, counts, blank=BLANK, reduction="none", zero_infinity=True
        )
        return (loss / counts.clamp(min=1)).mean()


def _has_bfloat16() -> bool:
    flags = Path("/proc/cpuinfo")
    return flags.exists() and "avx512_bf16" in flags.read_text("utf-8")
