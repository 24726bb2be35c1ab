"""Measures a model directory through libvosk itself, streaming, on voices that it was never trained with."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from voice.ports import LINE_RATE
from voice.training import augmentation, espeak
from voice.training.augmentation import Conditions
from voice.training.dataset import pinyin_sentence
from voice.training.grammar import PAUSE

NUMERALS = frozenset("零一二三四五六七八九十百千万点幺两半")
CHUNK = LINE_RATE // 5
"""Samples given to libvosk at a time: 200 ms."""

CONDITIONS: Mapping[str, tuple[Sequence[str], Conditions]] = {
    "clean": (espeak.HELD_OUT_VOICES, Conditions(snr=30)),
    "telephone_10db": (espeak.HELD_OUT_VOICES, Conditions(snr=10, telephone=True, mulaw=True)),
    "other_synthesis": (espeak.HELD_OUT_KLATT, Conditions(snr=30)),
}
"""The test sets: voices, and what happens to their speech on the way."""


@dataclass(frozen=True)
class Utterance:
    text: str
    pinyin: str


def utterance(words: Sequence[str], pinyin: Mapping[str, str]) -> Utterance:
    return Utterance("".join(w for w in words if w != PAUSE), pinyin_sentence(words, pinyin))


@dataclass
class Scores:
    """Counts over one test set."""

    characters: int = 0
    errors: int = 0
    utterances: int = 0
    wrong: int = 0
    flagged: int = 0
    with_numbers: int = 0
    numbers_right: int = 0
    accepted: int = 0
    accepted_wrong: int = 0

    def add(self, said: str, heard: str, flagged: bool) -> None:
        self.characters += len(said)
        self.errors += distance(said, heard)
        self.utterances += 1
        self.wrong += said != heard
        self.flagged += flagged
        self.accepted += not flagged
        self.accepted_wrong += not flagged and said != heard
        spoken = [c for c in said if c in NUMERALS]
        self.with_numbers += bool(spoken)
        self.numbers_right += bool(spoken) and spoken == [c for c in heard if c in NUMERALS]

    def figures(self) -> dict[str, float]:
        """The shares that the model's card shows."""
        return {
            "utterances": self.utterances,
            "cer": _share(self.errors, self.characters),
            "sentences_wrong": _share(self.wrong, self.utterances),
            "numbers_right": _share(self.numbers_right, self.with_numbers),
            "flagged_unknown": _share(self.flagged, self.utterances),
            "wrong_among_accepted": _share(self.accepted_wrong, self.accepted),
        }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def distance(said: str, heard: str) -> int:
    """Character insertions, deletions and substitutions between the two."""
    row = list(range(len(heard) + 1))
    for i, a in enumerate(said, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(heard, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def measure(
    model: Path,
    inside: Sequence[Utterance],
    outside: Sequence[Utterance],
    report: Callable[[str], None],
    show: Callable[[str, str, str], None] = lambda condition, said, heard: None,
) -> dict[str, dict[str, float]]:
    """The figures of every test set, and of out-of-domain speech. `show` sees every wrong sentence."""
    import vosk  # the module must not be loaded in the processes that only make speech

    vosk.SetLogLevel(-1)
    loaded = vosk.Model(str(model))
    sets = {name: (inside, voices, conditions) for name, (voices, conditions) in CONDITIONS.items()}
    sets["out_of_domain"] = (outside, espeak.HELD_OUT_VOICES, Conditions(snr=25, telephone=True))
    found = {}
    for name, (utterances, voices, conditions) in sets.items():
        random, scores = Random(5), Scores()
        noise = np.random.default_rng(5)
        for spoken in utterances:
            manner = espeak.Manner(
                random.choice(list(voices)), random.randint(130, 210), random.randint(25, 75)
            )
            samples, sample_rate = espeak.speak(spoken.pinyin, manner)
            signal = augmentation.resampled(samples, sample_rate, 1.0)
            heard = augmentation.through(signal, conditions, noise, [])
            text, flagged = recognise(loaded, (np.clip(heard, -1, 1) * 32767).astype("<i2"))
            scores.add(spoken.text, text, flagged)
            if text != spoken.text:
                show(name, spoken.text, ("? " if flagged else "") + text)
        found[name] = scores.figures()
        report(f"{name}: {found[name]}")
    return found


def recognise(model: object, pcm: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> tuple[str, bool]:
    """The text of one utterance as libvosk hears it, and whether it flagged an unknown stretch."""
    import vosk

    decoder = vosk.KaldiRecognizer(model, LINE_RATE)
    parts = []
    for start in range(0, len(pcm), CHUNK):
        if decoder.AcceptWaveform(pcm[start : start + CHUNK].tobytes()):
            parts.append(json.loads(decoder.Result())["text"])
    parts.append(json.loads(decoder.FinalResult())["text"])
    words = " ".join(parts).split()
    return "".join(word for word in words if word != "[unk]"), "[unk]" in words
