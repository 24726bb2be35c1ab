"""Whether the runtimes of a trained model agree, as the command line tells it."""

import random
from collections.abc import Sequence
from pathlib import Path

from assistant.commands.terminal import err, out
from assistant.understanding.data.examples import Example
from assistant.understanding.model.card import Card
from assistant.understanding.serving.agreement import Tolerances, compare
from assistant.understanding.serving.loading import open_runtime

COMPARED = 500
"""Examples that are read by both runtimes."""


def told_agreement(folder: Path, card: Card, examples: Sequence[Example]) -> list[str]:
    """Compare int8 on the CPU with the weights in torch, and print what was found.

    Needs torch. Returns what lies outside the tolerances, which is printed as well. Raises ModelError.
    """
    from assistant.understanding.serving.torch_runtime import TorchRuntime

    chosen = random.Random(0).sample(list(examples), min(COMPARED, len(examples)))
    runtimes = open_runtime(folder, card, "cpu"), TorchRuntime.load(folder, card)
    found = compare(*runtimes, [example.text for example in chosen])
    out.print(
        f"ONNX Runtime and torch on {found.texts} texts: same intent {found.same_intent:.1%}, same act "
        f"{found.same_act:.1%}, entity F1 between them {found.entity_f1:.3f}, largest difference of a "
        f"probability {found.largest_difference:.3f}, mean {found.mean_difference:.4f}."
    )
    problems = found.problems(Tolerances())
    for problem in problems:
        err.print(f"{folder}: the runtimes do not agree: {problem}", style="yellow", markup=False)
    return problems
