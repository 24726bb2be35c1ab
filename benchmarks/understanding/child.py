"""Runs a training in a process of its own, so that its memory and CPU time are its own."""

import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds on the clock, CPU seconds of all threads, and the peak of the resident memory in bytes."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


class Spent:
    """Counts from its creation on."""

    def __init__(self) -> None:
        self._began, self._cpu = time.perf_counter(), time.process_time()

    def so_far(self) -> Took:
        return Took(
            time.perf_counter() - self._began,
            time.process_time() - self._cpu,
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        )


def in_child(nice: int, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`function(*args, **kwargs)` in a new process at that niceness; all of them can be pickled."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=os.nice, initargs=(nice,)) as pool:
        return pool.submit(function, *args, **kwargs).result()
