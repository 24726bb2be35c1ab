import numpy as np
import pytest
import torch

from assistant.understanding.model.features import NGRAM_LENGTHS, PADDING, UNKNOWN
from assistant.understanding.network.network import Sizes, Tower
from assistant.understanding.training.masking import hide
from assistant.understanding.training.pretraining import pretrain
from assistant.understanding.training.vocabulary import learn
from tests.understanding.tiny_encoder import tiny


@pytest.fixture(scope="module")
def read(examples):
    settings = tiny(pretraining_epochs=40, masking=0.3, learning_rate=0.01)
    texts = [example.text for example in examples]
    featuriser = learn(texts[:20], settings, unlabelled=texts)
    return settings, featuriser, featuriser(texts)


def test_nothing_gives_a_hidden_character_away(read):
    _, _, inputs = read
    ngrams, pieces, places = (torch.from_numpy(inputs[name]) for name in ("ngrams", "pieces", "places"))
    masked, masked_pieces, masked_places, hidden = hide(
        ngrams, pieces, places, 0.3, torch.Generator().manual_seed(4)
    )
    assert 0.05 < hidden.sum() / (places != 0).sum() < 0.3
    rows, columns = np.nonzero(hidden.numpy())
    for row, column in zip(rows, columns, strict=True):
        assert masked[row, column, 0] == UNKNOWN
        assert masked_pieces[row, column] == masked_places[row, column] == 0
        for index, size in enumerate(NGRAM_LENGTHS[1:], start=1):
            covering = masked[row, max(0, column - size + 1) : column + 1, index]
            assert (covering == PADDING).all()


def test_whole_texts_stay_as_they_are(read):
    _, _, inputs = read
    ngrams, pieces, places = (torch.from_numpy(inputs[name]) for name in ("ngrams", "pieces", "places"))
    masked, _, _, hidden = hide(ngrams, pieces, places, 0.3, torch.Generator().manual_seed(4))
    whole = ~hidden.any(dim=1)
    assert 0.2 < whole.float().mean() < 0.9
    assert torch.equal(masked[whole], ngrams[whole])


def test_unlabelled_texts_teach_to_guess_hidden_characters(read):
    settings, featuriser, inputs = read
    sizes = Sizes(featuriser.rows, featuriser.pieces, featuriser.limit + 2, intents=2, acts=0, entities=0)
    torch.manual_seed(1)
    losses = []
    pretrain(
        Tower(settings, sizes), inputs, settings, seed=1, step=lambda _epoch, _all, loss: losses.append(loss)
    )
    assert len(losses) == 40
    assert losses[-1] < 0.9 * losses[0]


def test_what_only_unlabelled_texts_have_gets_a_row_and_no_vote(read):
    _, featuriser, _ = read
    rows = featuriser(["拜拜大夫"])["ngrams"][0, 1:5, 0]
    assert (rows > UNKNOWN).any()
    assert featuriser.weights[rows].min() == 0
