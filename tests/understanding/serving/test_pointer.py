"""The pointer is whole at every moment: whoever dies while choosing leaves the old choice or the new one."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.understanding.serving.pointer import Choice, Pointer, read_pointer, write_pointer
from assistant.understanding.serving.versions import VersionStore
from tests.architecture.source import ROOT
from tests.understanding.serving.folders import model_folder

DYING = """
import os, signal, sys
from pathlib import Path
from assistant.understanding.serving.versions import VersionStore

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

moment, shipped, own = sys.argv[1:]
if moment == "half written":
    real = Path.open
    def open_and_write_half(path, *args, **kwargs):
        file = real(path, *args, **kwargs)
        if path.name.endswith(".new"):
            write = file.write
            file.write = lambda text: (write(text[: len(text) // 2]), file.flush(), die())
        return file
    Path.open = open_and_write_half
elif moment == "before it is on the disk":
    os.fsync = die
elif moment == "before it takes its place":
    Path.replace = die
elif moment == "after it took its place":
    os.open = die
VersionStore(Path(shipped), Path(own)).activate("2")
"""


@pytest.fixture
def store(tmp_path: Path) -> VersionStore:
    store = VersionStore(tmp_path / "shipped", tmp_path / "own")
    for version in ("1", "2", "3"):
        model_folder(store.shipped, version)
    store.activate("1")
    return store


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        ("half written", "1"),
        ("before it is on the disk", "1"),
        ("before it takes its place", "1"),
        ("after it took its place", "2"),
    ],
)
def test_a_process_killed_while_choosing_leaves_a_whole_pointer(
    store: VersionStore, moment: str, left: str
) -> None:
    command = [sys.executable, "-c", DYING, moment, str(store.shipped), str(store.own)]
    killed = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert store.active().version == left
    assert store.activate("3").version == "3", "and the next choice is not in its way"
    assert store.roll_back().version == left


def test_a_reader_never_sees_half_a_pointer(tmp_path: Path) -> None:
    choices = [Choice(version=f"version {n}", fingerprint=str(n) * (1000 * (n % 7 + 1))) for n in range(200)]
    write_pointer(tmp_path, Pointer(active=choices[0]))
    seen: set[str] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            pointer = read_pointer(tmp_path)
            assert pointer is not None
            seen.add(pointer.active.version)

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        for choice in choices:
            write_pointer(tmp_path, Pointer(active=choice))
        done.set()
        reading.result()
    assert seen <= {choice.version for choice in choices}


def test_two_that_choose_at_once_lose_no_choice(store: VersionStore) -> None:
    threads = [threading.Thread(target=store.activate, args=(version,)) for version in ("2", "3") * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pointer = read_pointer(store.own)
    assert pointer is not None
    chosen = [choice.version for choice in (*pointer.history, pointer.active)]
    assert chosen[:2] == ["3", "1"], "what served by default, and the first choice"
    assert all(before != after for before, after in pairwise(chosen))
    assert set(chosen[2:]) == {"2", "3"}


def test_the_history_is_bounded() -> None:
    pointer = Pointer(active=Choice(version="0", fingerprint="0"))
    for number in range(1, 50):
        pointer = pointer.then(Choice(version=str(number), fingerprint=str(number)))
    assert [choice.version for choice in pointer.history] == [str(number) for number in range(29, 49)]


def test_nothing_but_the_pointer_and_the_lock_is_left(store: VersionStore) -> None:
    store.activate("2")
    assert sorted(os.listdir(store.own)) == [".lock", "active.json"]
