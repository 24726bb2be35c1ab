"""The device is chosen without importing torch for nothing, and a wish that cannot be met says why."""

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.understanding.model.card import ModelError
from assistant.understanding.serving import loading
from assistant.understanding.serving.loading import choose_device, open_runtime
from tests.architecture.source import ROOT


def test_the_cpu_is_always_there() -> None:
    assert choose_device("cpu") == "cpu"


def test_auto_is_the_cpu_where_the_driver_reports_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "driver_reports_a_card", lambda: False)
    assert choose_device("auto") == "cpu"


def test_cuda_without_torch_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ModelError, match=r"device: cuda: torch is not installed; .* or set device: cpu"):
        choose_device("cuda")


def test_auto_is_the_cpu_where_there_is_a_card_but_no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "driver_reports_a_card", lambda: True)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert choose_device("auto") == "cpu"


def test_cuda_without_a_card_says_what_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ModelError, match=r"finds no card; check `nvidia-smi`"):
        choose_device("cuda")


def test_auto_is_cuda_where_torch_finds_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    monkeypatch.setattr(loading, "driver_reports_a_card", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto") == "cuda"


def test_a_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no card\.json"):
        open_runtime(tmp_path, device="cpu")


@pytest.mark.parametrize("device", ["cpu", "auto"])
def test_serving_on_the_cpu_imports_nothing_of_the_training(tiny_folder: Path, device: str) -> None:
    program = (
        "import sys, pathlib\n"
        "from assistant.understanding.serving import loading\n"
        "loading.driver_reports_a_card = lambda: False\n"
        f"loading.open_runtime(pathlib.Path({str(tiny_folder)!r}), device={device!r})\n"
        "heavy = {'torch', 'transformers', 'safetensors', 'sklearn', 'onnx'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
