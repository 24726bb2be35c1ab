"""From `device` of config.yml to a runtime: ONNX Runtime on the CPU, torch on CUDA where there is one."""

import ctypes
import importlib.util
import sys
from pathlib import Path
from typing import Literal

import structlog

from assistant.understanding.model.card import Card, ModelError, read_card
from assistant.understanding.serving.runtime import Device, Runtime

log = structlog.get_logger(__name__)

Wanted = Literal["auto", "cpu", "cuda"]


def choose_device(wanted: Wanted) -> Device:
    """The device to use. `auto` is CUDA where both a card and a torch built for it are there.

    Raises ModelError when CUDA is asked for and cannot be had. Torch is imported only where it may be used:
    for `cuda`, and for `auto` when the driver reports a card.
    """
    if wanted == "cpu":
        return "cpu"
    problem = _cuda_problem(ask_driver=wanted == "auto")
    if problem is None:
        return "cuda"
    if wanted == "cuda":
        raise ModelError(f"device: cuda: {problem}; or set device: cpu in config.yml")
    log.info("model runs on the CPU", kind=wanted)
    return "cpu"


def open_runtime(folder: Path, card: Card | None = None, device: Wanted = "auto") -> Runtime:
    """The model of a folder, tried out and ready. `card` is that of the folder where it has been checked.

    Raises ModelError: in one line what is wrong and what to do.
    """
    card = card if card is not None else read_card(folder)
    runtime = _load(folder, card, choose_device(device))
    runtime.try_out()
    return runtime


def _load(folder: Path, card: Card, device: Device) -> Runtime:
    if device == "cuda":
        from assistant.understanding.serving.torch_runtime import TorchRuntime

        return TorchRuntime.load(folder, card, device="cuda")
    from assistant.understanding.serving.onnx_runtime import OnnxRuntime

    return OnnxRuntime.load(folder, card)


def _cuda_problem(*, ask_driver: bool) -> str | None:
    """Why torch cannot compute on CUDA here, and what to do; None when it can."""
    if ask_driver and not driver_reports_a_card():
        return "no CUDA card was found"
    missing = [name for name in ("torch", "safetensors") if importlib.util.find_spec(name) is None]
    if missing:
        return (
            f"{missing[0]} is not installed; install the `train` extra with torch for CUDA (README tells how)"
        )
    import torch

    if not torch.cuda.is_available():
        built = f"built for CUDA {torch.version.cuda}" if torch.version.cuda else "built without CUDA"
        return f"torch {torch.__version__} ({built}) finds no card; check `nvidia-smi` and the build of torch"
    return None


def driver_reports_a_card() -> bool:
    """Whether the CUDA driver counts at least one card: milliseconds, where importing torch takes seconds."""
    name = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        driver = ctypes.CDLL(name)
    except OSError:
        return False
    count = ctypes.c_int(0)
    return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
