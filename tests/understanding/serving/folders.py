"""Model folders with a true card, whose other files a test decides: for what never loads them."""

from collections.abc import Sequence
from pathlib import Path

from assistant.understanding.model.card import Card, DataFacts, Labels, write_card


def model_folder(
    parent: Path,
    version: str,
    *,
    intents: Sequence[str] = ("affirm", "deny"),
    acts: Sequence[str] = ("answer",),
    acts_of_intents: dict[str, str] | None = None,
    content: str = "weights",
) -> Card:
    """Write `parent/version` and return its card. Versions of other content have other fingerprints."""
    folder = parent / version
    folder.mkdir(parents=True)
    (folder / "weights.safetensors").write_text(f"{content} of {version}")
    (folder / "tokenizer.model").write_text("pieces")
    card = Card(
        name="test",
        version=version,
        labels=Labels(intents=list(intents), acts=list(acts)),
        acts_of_intents=acts_of_intents or {},
        data=DataFacts(hash="0" * 64, examples=2),
        seed=1,
        metrics={"intent_macro_f1": 0.9},
    )
    return write_card(folder, card)
