import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.understanding.model.card import ModelError
from assistant.understanding.model.features import (
    BEGIN,
    INSIDE,
    LAST,
    PADDING,
    SINGLE,
    UNKNOWN,
    Featuriser,
    fold,
)
from assistant.understanding.model.settings import Settings
from assistant.understanding.training.vocabulary import learn

TEXTS = [
    "今天血压一百四",
    "今天血糖六点五",
    "我想挂内科的号",
    "我想挂中医科的号",
    "今天没量血压",
    "血压计坏了",
]


@pytest.fixture(scope="module")
def featuriser():
    return learn(TEXTS * 3, Settings(pieces=64))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ１２３", "abc000"),
        ("血压130/80", "血压000/00"),
        ("a\tb\nc\u3000d", "a b c d"),
        ("㎏", "㎏"),
        ("\ud800", "\ufffd"),
    ],
)
def test_folding_keeps_every_code_point_at_its_place(text, folded):
    assert fold(text) == folded


@given(st.text(alphabet=st.characters(), max_size=40))
def test_folding_never_changes_the_length(text):
    assert len(fold(text)) == len(text)


@settings(deadline=None)
@given(st.lists(st.text(alphabet=st.characters(), max_size=30), min_size=1, max_size=4))
def test_any_text_has_a_position_per_code_point_and_two_marks(featuriser, texts):
    inputs = featuriser(texts)
    lengths = (inputs["ngrams"][:, :, 0] != PADDING).sum(axis=1)
    assert lengths.tolist() == [len(text) + 2 for text in texts]
    assert inputs["ngrams"].max() < featuriser.rows
    assert inputs["pieces"].max() < featuriser.pieces


def test_a_text_reads_the_same_alone_and_in_a_batch(featuriser):
    alone = featuriser(["今天血压"])
    batch = featuriser(["今天血压", "我想挂中医科的号"])
    for name, values in alone.items():
        assert np.array_equal(values[0], batch[name][0, : values.shape[1]])


def test_ngrams_begin_at_their_position_and_stop_at_the_end_mark(featuriser):
    ngrams = featuriser(["今天血压"])["ngrams"][0]
    assert (ngrams[1] != PADDING).all()  # 今, 今天, 今天血, 今天血压 are all known
    assert ngrams[-1, 0] != PADDING
    assert (ngrams[-1, 1:] == PADDING).all()


def test_an_unseen_character_is_unknown_and_no_padding(featuriser):
    ngrams = featuriser(["龘"])["ngrams"][0]
    assert ngrams[1, 0] == UNKNOWN
    assert ngrams[1, 1] == PADDING


def test_places_spell_out_the_pieces(featuriser):
    inputs = featuriser(["今天血压计"])
    places = inputs["places"][0].tolist()
    assert places[0] == places[-1] == 0
    words = featuriser.subwords.processor.encode("今天血压计", out_type=str)
    expected = [
        p for w in words for p in ([SINGLE] if len(w) == 1 else [BEGIN, *[INSIDE] * (len(w) - 2), LAST])
    ]
    assert places[1:-1] == expected


def test_a_long_text_is_cut(featuriser):
    assert featuriser(["长" * 1000])["places"].shape == (1, featuriser.limit + 2)


def test_saved_and_loaded_reads_alike(featuriser, tmp_path):
    featuriser.save(tmp_path)
    again = Featuriser.load(tmp_path)
    for name, values in featuriser(TEXTS).items():
        assert np.array_equal(values, again(TEXTS)[name])
    assert np.array_equal(featuriser.weights, again.weights)


def test_a_folder_without_vocabulary_says_so(tmp_path):
    with pytest.raises(ModelError, match="vocabulary does not load"):
        Featuriser.load(tmp_path)
