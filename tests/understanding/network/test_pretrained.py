"""A pretrained encoder is named by folder: here a tiny BERT of random weights, saved as a real one is."""

import numpy as np
import onnxruntime
import pytest
import torch
import transformers

from assistant.understanding.model.card import ONNX_FILE, read_card
from assistant.understanding.model.decoding import decode
from assistant.understanding.model.features import BEGIN, LAST, SINGLE, Featuriser
from assistant.understanding.network.network import INPUTS
from assistant.understanding.network.pretrained import PretrainedError, load_subwords
from assistant.understanding.network.weights import load_network
from assistant.understanding.training.trainer import train
from tests.understanding.tiny_encoder import tiny


@pytest.fixture(scope="module")
def bert(tmp_path_factory, examples):
    folder = tmp_path_factory.mktemp("encoders") / "tiny-bert"
    folder.mkdir()
    characters = sorted({character for example in examples for character in example.text})
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters, "ab", "##c"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    transformers.BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=140,
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def fine_tuned(bert, examples, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "over-bert"
    settings = tiny(pretrained=bert, pretrained_learning_rate=2e-3)
    train(examples, folder, settings, seed=2)
    return folder


def test_its_tokens_are_laid_over_code_points(bert):
    subwords = load_subwords(bert)
    assert [(begin, end) for begin, end, _ in subwords.spans("我想abc 号")] == [
        (0, 1),
        (1, 2),
        (2, 4),
        (4, 5),
        (6, 7),
    ]
    assert subwords.marks == (2, 3)


def test_a_model_over_it_serves_without_its_folder(fine_tuned, examples):
    featuriser = Featuriser.load(fine_tuned)
    places = featuriser(["我abc"])["places"][0].tolist()
    assert places == [0, SINGLE, BEGIN, LAST, SINGLE, 0]
    session = onnxruntime.InferenceSession(str(fine_tuned / ONNX_FILE))
    texts = [example.text for example in examples]
    names = [output.name for output in session.get_outputs()]
    outputs = dict(zip(names, session.run(None, featuriser(texts)), strict=True))
    predictions = decode(outputs, texts, read_card(fine_tuned))
    right = [p.intents[0].name == e.intent for p, e in zip(predictions, examples, strict=True)]
    assert np.mean(right) > 0.9


def test_torch_and_int8_agree(fine_tuned, examples):
    card = read_card(fine_tuned)
    inputs = Featuriser.load(fine_tuned)([example.text for example in examples])
    with torch.no_grad():
        exact = load_network(fine_tuned, card)(*[torch.from_numpy(inputs[name]) for name in INPUTS])
    quantised = onnxruntime.InferenceSession(str(fine_tuned / ONNX_FILE)).run(None, inputs)
    assert np.mean(exact[0].numpy().argmax(axis=1) == quantised[0].argmax(axis=1)) > 0.95


def test_a_folder_that_is_not_there_leaves_our_own_encoder(examples, tmp_path, caplog):
    settings = tiny(pretrained=tmp_path / "nowhere", epochs=1, towers=1)
    card = train(examples, tmp_path / "own", settings)
    assert card.pipeline["settings"]["pretrained"] is None
    assert "is not there" in caplog.text


def test_a_folder_without_an_encoder_says_what_is_missing(examples, tmp_path):
    (tmp_path / "empty").mkdir()
    settings = tiny(pretrained=tmp_path / "empty")
    with pytest.raises(PretrainedError, match="put its configuration, weights and"):
        train(examples, tmp_path / "model", settings)
