"""The parts of a model: language model, network, its export, its data, its measurement."""

import io
import math
import struct
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from voice.audio import level
from voice.training import augmentation, espeak, evaluation, kaldi_model
from voice.training.augmentation import Conditions
from voice.training.features import DIMENSION, mfcc
from voice.training.graph import GraphFailed, GraphSource, build
from voice.training.language_model import BACKOFF, END, LanguageModel
from voice.training.network import CONTEXT, Network, Shape, outputs_of, padded
from voice.training.recipe import Targets

SENTENCES = [["高压", "一", "百"], ["低压", "八", "十"], ["高压", "一", "百"], ["一", "百"]]
WORDS = {word for sentence in SENTENCES for word in sentence} | {"从未说过"}


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("history", [(), ("<s>",), ("高压",), ("高压", "一"), ("从未说过",), ("<s>", "低压")])
def test_the_language_model_is_a_distribution(order: int, history: tuple[str, ...]) -> None:
    model = LanguageModel(SENTENCES, WORDS, order=order, cutoff=1)
    total = sum(model.probability(word, history) for word in WORDS | {END})
    assert total == pytest.approx(1)
    assert all(model.probability(word, history) > 0 for word in WORDS)


def test_the_arcs_carry_the_probabilities() -> None:
    model = LanguageModel(SENTENCES, WORDS, order=3, cutoff=1)
    arcs = list(model.arcs())
    assert arcs[0].source == ("<s>",)
    step = next(arc for arc in arcs if arc.source == ("高压", "一") and arc.word == "百")
    assert step.cost == pytest.approx(-math.log(model.probability("百", ("高压", "一"))))
    assert all(any(a.word == BACKOFF for a in arcs if a.source == s) for s in {a.source for a in arcs} if s)


def trained_like(seed: int = 0) -> Network:
    """A network with everything that export must fold in away from its defaults."""
    torch.manual_seed(seed)
    network = Network(Shape(8, 5))
    network.mean.uniform_(-20, 20)
    network.scale.uniform_(0.1, 2)
    for norm in network.norms:
        for tensor in (norm.weight.data, norm.bias.data, norm.running_mean):
            tensor.uniform_(-1, 1)
        norm.running_var.uniform_(0.5, 2)
    return network.eval()


def test_the_exported_layers_compute_what_the_network_does() -> None:
    network = trained_like()
    features = torch.randn(40, DIMENSION) * 10
    expected = network(padded(features)[None])[0].detach().numpy()
    signal = dict(enumerate(padded(features).numpy(), -CONTEXT))
    stack = kaldi_model.layers(network)
    for index, layer in enumerate(stack):
        frames = [f for f in signal if all(f + o in signal for o in layer.offsets)]
        signal = {
            f: layer.matrix @ np.concatenate([signal[f + o] for o in layer.offsets]) + layer.bias
            for f in frames
        }
        if index < len(stack) - 1:
            signal = {f: np.maximum(row, 0) for f, row in signal.items()}
    heard = np.stack([signal[f] for f in range(0, 40, 3)])
    heard -= np.log(np.exp(heard).sum(1, keepdims=True))
    assert heard.shape == expected.shape == (outputs_of(40), 5)
    assert np.allclose(heard, expected, atol=1e-3)


def test_the_exported_file_has_kaldis_parts_and_the_blank_prior(tmp_path: Path) -> None:
    kaldi_model.write(trained_like(), tmp_path / "final.mdl")
    content = (tmp_path / "final.mdl").read_bytes()
    assert content.startswith(b"\0B<TransitionModel> <Topology> ")
    for part in (
        b"<Nnet3> \ninput-node name=input dim=40\n",
        b"<NumComponents> ",
        b"output-node name=output",
    ):
        assert part in content
    priors = io.BytesIO(content[content.index(b"<Priors> FV ") + 12 :])
    assert struct.unpack("<bi", priors.read(5)) == (4, 5)
    assert np.frombuffer(priors.read(20), "<f4") == pytest.approx([math.exp(2), 1, 1, 1, 1])


def test_a_graph_for_a_larger_acoustic_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sounds = {"甲": ["a"], "乙": ["b"], "丙": ["a", "b"]}
    arcs = list(LanguageModel([["甲", "乙"], ["丙"]], sounds, order=2, cutoff=1).arcs())
    build(GraphSource(["a", "b"], sounds, arcs), tmp_path / "graph", tmp_path / "work")
    words = (tmp_path / "graph/words.txt").read_text("utf-8").split()
    assert words[::2] == ["<eps>", "丙", "乙", "甲", "[unk]", "#0"]
    from voice.training import graph

    with pytest.raises(GraphFailed, match="uses transition-id 5, but the acoustic model has 4"):
        graph.check(tmp_path / "graph/HCLG.fst", 4, tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GraphFailed, match="install the system package libfst-tools"):
        build(GraphSource(["a", "b"], sounds, arcs), tmp_path / "graph", tmp_path / "work")


def test_features_are_forty_per_ten_milliseconds() -> None:
    assert mfcc(np.zeros(8000, np.int16)).shape == (98, DIMENSION)
    assert mfcc(np.zeros(10, np.int16)).shape == (0, DIMENSION)


def test_training_speech_is_spoken_by_the_voice_that_is_asked_for() -> None:
    first, rate = espeak.speak("xue4 ya1", espeak.Manner("f2"))
    second, _ = espeak.speak("xue4 ya1", espeak.Manner("m3"))
    slow, _ = espeak.speak("xue4 ya1", espeak.Manner("f2", rate=100))
    assert len(first) > rate / 4 and not np.array_equal(first[: len(second)], second[: len(first)])
    assert len(slow) > 1.2 * len(first)


def test_no_test_voice_is_trained_on() -> None:
    assert not set(espeak.TRAINING_VOICES) & {*espeak.HELD_OUT_VOICES, *espeak.HELD_OUT_KLATT}


def tone(hertz: float) -> augmentation.Signal:
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(8000) / 8000)).astype(np.float32)


def test_a_telephone_passes_its_band_only() -> None:
    def passed(hertz: float) -> float:
        return float(np.std(augmentation.on_telephone(tone(hertz))) / np.std(tone(hertz)))

    assert passed(1000) == pytest.approx(1, abs=0.05)
    assert passed(100) < 0.1 and passed(3900) < 0.1


def test_noise_is_as_loud_as_asked() -> None:
    silence_around = Conditions(snr=10, lead=0.5, tail=0.0)
    loud = np.sign(tone(500))  # a square wave is loud throughout
    heard = augmentation.through(loud, silence_around, np.random.default_rng(1), [])
    noise, both = heard[:4000], heard[4000:]
    ratio = (np.mean(both**2) - np.mean(noise**2)) / np.mean(noise**2)
    assert 10 * np.log10(ratio) == pytest.approx(10, abs=0.5)


@pytest.mark.parametrize("seed", range(30))
def test_whatever_happens_to_speech_it_stays_speech(seed: int) -> None:
    conditions = Conditions.draw(Random(seed))
    heard = augmentation.through(tone(500), conditions, np.random.default_rng(seed), [tone(700)])
    assert len(heard) == 8000 + int(conditions.lead * 8000) + int(conditions.tail * 8000)
    assert np.all(np.isfinite(heard)) and np.abs(heard).max() <= conditions.peak * 1.05
    assert level((heard * 32767).astype(np.int16)) > -60


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [("", "", 0), ("一百", "", 2), ("一百四", "一百", 1), ("一百四", "七百四五", 2)],
)
def test_errors_are_insertions_deletions_and_substitutions(said: str, heard: str, errors: int) -> None:
    assert evaluation.distance(said, heard) == errors


@given(st.text("甲乙丙", max_size=6), st.text("甲乙丙", max_size=6))
def test_the_distance_is_symmetric_and_zero_only_for_the_same(a: str, b: str) -> None:
    assert evaluation.distance(a, b) == evaluation.distance(b, a)
    assert (evaluation.distance(a, b) == 0) == (a == b)


def test_a_model_that_misses_a_target_is_told_which() -> None:
    good = {
        "clean": {"cer": 0.05, "flagged_unknown": 0.1},
        "telephone_10db": {"cer": 0.13},
        "out_of_domain": {"flagged_unknown": 0.97},
    }
    assert Targets().missed(good) == []
    bad = {**good, "out_of_domain": {"flagged_unknown": 0.9}, "clean": {"cer": 0.07, "flagged_unknown": 0.1}}
    assert Targets().missed(bad) == [
        "clean cer is 0.07, not at most 0.06",
        "out_of_domain flagged_unknown is 0.9, not at least 0.95",
    ]
