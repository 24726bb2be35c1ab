"""The model on a CPU: an ONNX Runtime session over the int8 graph of its folder."""

from pathlib import Path

import numpy as np
import onnxruntime as ort

from assistant.understanding.model.card import ONNX_FILE, Card, ModelError
from assistant.understanding.model.features import Arrays, Featuriser
from assistant.understanding.serving.runtime import Outputs, Runtime

_ERRORS_ONLY = 3


class OnnxRuntime(Runtime):
    """One thread for each forward pass: several at a time use several cores, and nobody spins for work."""

    device = "cpu"
    longest_batch = 32

    def __init__(self, card: Card, featuriser: Featuriser, graph: Path) -> None:
        super().__init__(card, featuriser)
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = _ERRORS_ONLY
        try:
            self._session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its classes have no common base but this one
            raise ModelError(
                f"{graph}: ONNX Runtime {ort.__version__} does not load it ({type(error).__name__}); "
                "restore the folder or train the model again"
            ) from None
        self._inputs = [node.name for node in self._session.get_inputs()]
        self._outputs = [node.name for node in self._session.get_outputs()]

    @classmethod
    def load(cls, folder: Path, card: Card) -> "OnnxRuntime":
        """The runtime of a model folder. Raises ModelError."""
        return cls(card, Featuriser.load(folder), folder / ONNX_FILE)

    def forward(self, arrays: Arrays) -> Outputs:
        """One pass of the session."""
        feed = {name: arrays[name] for name in self._inputs}
        found = self._session.run(self._outputs, feed)
        return {name: np.asarray(value) for name, value in zip(self._outputs, found, strict=True)}
