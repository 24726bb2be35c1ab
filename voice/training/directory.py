"""Writes the model directory: acoustic model, configuration, manifest and card."""

import datetime
import json
from collections.abc import Mapping
from pathlib import Path

from voice.recognisers.model_directory import FINGERPRINTED, MANIFEST, Manifest, fingerprint
from voice.training import kaldi_model
from voice.training.features import MFCC_CONF
from voice.training.network import Network

NAME = "speech-zh-small"

MODEL_CONF = """--min-active=200
--max-active=7000
--beam=13.0
--lattice-beam=6.0
--acoustic-scale=1.0
--frame-subsampling-factor=3
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.8
--endpoint.rule3.min-trailing-silence=1.2
--endpoint.rule4.min-trailing-silence=2.0
"""
"""Phone 1 is the CTC blank, so trailing blanks count as silence."""

Figures = Mapping[str, Mapping[str, float]]


def write_acoustics(network: Network, directory: Path) -> None:
    """Writes `am/` and `conf/`."""
    for folder in ("am", "conf", "graph"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    kaldi_model.write(network, directory / "am/final.mdl")
    (directory / "conf/mfcc.conf").write_text(MFCC_CONF, "ascii")
    (directory / "conf/model.conf").write_text(MODEL_CONF, "ascii")


def write_manifest(directory: Path, *, words: int, espeak: str, figures: Figures) -> None:
    """Writes `manifest.json`, with the fingerprint of every file, and the card `README.md`."""
    manifest = Manifest(
        name=NAME,
        kind="synthetic-speech",
        description="learned from synthesised speech only: for demonstration and tests, not for people",
        files={name: fingerprint(directory / name) for name in FINGERPRINTED},
        words=words,
        espeak=espeak,
        built=datetime.datetime.now(datetime.UTC).date().isoformat(),
        figures={name: dict(values) for name, values in figures.items()},
    )
    text = json.dumps(manifest.model_dump(), ensure_ascii=False, indent=2)
    (directory / MANIFEST).write_text(text + "\n", "utf-8")
    (directory / "README.md").write_text(_card(manifest), "utf-8")


_ROWS = {
    "clean": "10 unseen voices, noise 30 dB below the speech",
    "telephone_10db": "the same voices, telephone band, µ-law, noise 10 dB below",
    "other_synthesis": "6 unseen voices of another synthesis method (Klatt), noise 30 dB below",
}


def _card(manifest: Manifest) -> str:
    table = "\n".join(
        f"| {meaning} | {_cells(manifest.figures[name])} |"
        for name, meaning in _ROWS.items()
        if name in manifest.figures
    )
    foreign = manifest.figures["out_of_domain"]
    return f"""# {manifest.name}

A small streaming Vosk model of Mandarin for the follow-up call: {manifest.words} words, 8 kHz.

**It learned from synthetic speech alone** (espeak-ng {manifest.espeak}, one formant synthesiser in many voice
variants). It lets everything run and be tested without a download. It is **not for people**: nothing here
says how well it understands a human voice, an accent or a dialect. For people, put a published Vosk model for
Chinese in its place and name it in `config.yml`; `/healthz` says which kind is loaded.

## What it is

- Acoustic model: five time-delay layers trained with CTC on 58 toneless initials and finals and a blank,
  written in Kaldi's nnet3 format. 40 MFCC every 10 ms; it looks 190 ms ahead.
- Graph: lexicon and a trigram of generated sentences about blood pressure, medicines, habits, symptoms,
  emergencies, identity and the ways of saying yes, no, not now and never again. A word that is in no sentence
  of `voice/training/text/sentences.yml` and in no line of `nlu_data` comes back as `[unk]`.
- 他 stands for 她 too, and words that differ in tone alone are told apart by their neighbours only.

## Figures

Built {manifest.built}; measured through libvosk, in pieces of 200 ms. CER is the character error rate; a word
that sounds alike but is written otherwise counts as wrong. Half of the sentences are in no training text.

| test set | utterances | CER | sentences wrong | numerals right | `[unk]` heard | wrong without `[unk]` |
| --- | --- | --- | --- | --- | --- | --- |
{table}

"Numerals right": every numeral of an utterance that has some. "Wrong without `[unk]`": sentences not quite
right among those without an unknown stretch, which is why numbers are read back in the dialog.
Of {foreign["utterances"]:.0f} utterances about other things (unseen voices, telephone band),
{100 * foreign["flagged_unknown"]:.1f} % were flagged with `[unk]`; all should be.

## Rebuild

    python -m voice.training

needs the extra `train` and the system packages `espeak-ng` and `libfst-tools`. It resumes where it was
stopped (its work is under `var/training`), and leaves this folder alone unless the new model reaches the
targets in `voice/training/recipe.py`. Training is seeded; the order of floating-point sums makes two runs
alike but not identical.

To teach it more words, add sentences to `voice/training/text/sentences.yml` (lines of `nlu_data` count too)
and run

    python -m voice.training --graph-only

which keeps the acoustic model and takes about a minute.

`manifest.json` holds the SHA-256 of every file; a directory that does not match it is refused.
"""


def _cells(figures: Mapping[str, float]) -> str:
    names = ("cer", "sentences_wrong", "numbers_right", "flagged_unknown", "wrong_among_accepted")
    return " | ".join([str(int(figures["utterances"])), *(f"{100 * figures[name]:.1f} %" for name in names)])
