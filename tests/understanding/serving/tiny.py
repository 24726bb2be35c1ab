"""A model made by hand: a real folder with a real ONNX graph, whose answers can be told in advance.

是 speaks for `affirm`, 不 for `deny`, 谢 for `thanks`; 药 alone is an entity `medicine`.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from assistant.understanding.model.card import ONNX_FILE, Card, DataFacts, Labels, write_card
from assistant.understanding.model.features import Featuriser
from assistant.understanding.model.settings import Settings
from assistant.understanding.training.vocabulary import learn

INTENTS = {"affirm": "answer", "deny": "answer", "thanks": "off_topic"}
SPEAKS_FOR = {"是": "affirm", "不": "deny", "谢": "thanks"}
TEXTS = ("是的是的", "是啊", "不是", "不要不要", "谢谢你", "谢谢您啊", "吃药", "药吃了没有", "不吃药") * 4


def tiny_model(parent: Path, version: str, *, strength: float = 8.0) -> Card:
    """Write `parent/version`. Another `strength` of the words makes another model."""
    folder = parent / version
    folder.mkdir(parents=True)
    featuriser = learn(TEXTS, Settings(pieces=64))
    featuriser.save(folder)
    onnx.save(_graph(featuriser, strength), folder / ONNX_FILE)
    card = Card(
        name="tiny",
        version=version,
        labels=Labels(
            intents=list(INTENTS), acts=sorted(set(INTENTS.values())), entities=["medicine", "symptom"]
        ),
        acts_of_intents=INTENTS,
        data=DataFacts(hash="0" * 64, examples=len(TEXTS)),
        seed=0,
        metrics={"intent_macro_f1": 0.5},
    )
    return write_card(folder, card)


def _graph(featuriser: Featuriser, strength: float) -> onnx.ModelProto:
    votes = np.zeros((featuriser.rows, len(INTENTS)), np.float32)
    boundaries = np.zeros((featuriser.rows, 5), np.float32)
    types = np.zeros((featuriser.rows, 2), np.float32)
    boundaries[:, 0] = strength
    for character, intent in SPEAKS_FOR.items():
        votes[_row(featuriser, character), list(INTENTS).index(intent)] = strength
    boundaries[_row(featuriser, "药"), 4] = 2 * strength
    types[_row(featuriser, "药"), 0] = strength
    tables = {"votes": votes, "boundary_table": boundaries, "type_table": types, "axis": np.array([1])}
    tables["seen"] = np.array(2, np.int32)
    nodes = [
        helper.make_node("Gather", ["ngrams", "first"], ["single"], axis=2),
        helper.make_node("Gather", ["votes", "single"], ["voted"]),
        helper.make_node("ReduceSum", ["voted", "axis"], ["intents"], keepdims=0),
        helper.make_node("GreaterOrEqual", ["single", "seen"], ["known"]),
        helper.make_node("Cast", ["known"], ["counted"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["counted", "axis"], ["coverage"], keepdims=0),
        helper.make_node("Gather", ["boundary_table", "single"], ["boundaries"]),
        helper.make_node("Gather", ["type_table", "single"], ["types"]),
    ]
    tables["first"] = np.array(0)
    integers = {
        "ngrams": ["batch", "length", 4],
        "pieces": ["batch", "length"],
        "places": ["batch", "length"],
    }
    floats = {
        "intents": ["batch", len(INTENTS)],
        "coverage": ["batch"],
        "boundaries": ["batch", "length", 5],
        "types": ["batch", "length", 2],
    }
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT32, shape) for name, shape in integers.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in floats.items()],
        [numpy_helper.from_array(table, name) for name, table in tables.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    return model


def _row(featuriser: Featuriser, character: str) -> int:
    return int(featuriser([character])["ngrams"][0, 1, 0])
