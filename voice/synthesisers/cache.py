"""Speech that was made before, by content: in memory for the sentences of now, on disk for all others."""

import hashlib
import json
import os
from collections import OrderedDict
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock

from voice.audio import NotAWav, read_wav, wav_bytes
from voice.ports import LINE_RATE, Speech


class SpeechCache:
    """Keeps at most `in_memory` and `on_disk` bytes of audio; what was not used for longest goes first.

    Safe to use from several threads. A file is written beside its place and moved there, so that nobody ever
    reads half of one; a damaged file counts as absent.
    """

    def __init__(
        self, folder: Path | None, *, in_memory: int = 8_000_000, on_disk: int = 500_000_000
    ) -> None:
        self._folder, self._in_memory, self._on_disk = folder, in_memory, on_disk
        self._lock = Lock()
        self._recent: OrderedDict[str, Speech] = OrderedDict()
        self._held = 0
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._stored = sum(file.stat().st_size for file in self._files())

    @staticmethod
    def key(**made_from: str | int) -> str:
        """The name of the speech made from these."""
        text = json.dumps(made_from, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def get(self, key: str) -> Speech | None:
        with self._lock:
            if key in self._recent:
                self._recent.move_to_end(key)
                return self._recent[key]
        if self._folder is None:
            return None
        file = self._folder / f"{key}.wav"
        try:
            samples, sample_rate = read_wav(file)
            os.utime(file)
        except FileNotFoundError:
            return None
        except NotAWav:
            file.unlink(missing_ok=True)
            return None
        speech = Speech(samples, sample_rate)
        self._remember(key, speech)
        return speech

    def put(self, key: str, speech: Speech) -> None:
        self._remember(key, speech)
        if self._folder is not None:
            self._store(self._folder, key, wav_bytes(speech.samples, LINE_RATE))

    def _remember(self, key: str, speech: Speech) -> None:
        with self._lock:
            former = self._recent.pop(key, None)
            self._held += speech.samples.nbytes - (former.samples.nbytes if former else 0)
            self._recent[key] = speech
            while self._held > self._in_memory and len(self._recent) > 1:
                _, oldest = self._recent.popitem(last=False)
                self._held -= oldest.samples.nbytes

    def _store(self, folder: Path, key: str, content: bytes) -> None:
        with NamedTemporaryFile(dir=folder, suffix=".partial", delete=False) as file:
            file.write(content)
        Path(file.name).replace(folder / f"{key}.wav")
        with self._lock:
            self._stored += len(content)
            if self._stored > self._on_disk:
                self._make_room()

    def _make_room(self) -> None:
        """Deletes the files that were not used for longest, down to nine tenths of the limit."""
        files = sorted(
            ((file.stat().st_mtime, file.stat().st_size, file) for file in self._files()), key=lambda f: f[0]
        )
        self._stored = sum(size for _, size, _ in files)
        for _, size, file in files:
            if self._stored <= self._on_disk * 0.9:
                return
            file.unlink(missing_ok=True)
            self._stored -= size

    def _files(self) -> list[Path]:
        return list(self._folder.glob("*.wav")) if self._folder is not None else []
