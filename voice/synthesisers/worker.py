"""The process that speaks: pyttsx3 in a process of its own, one sentence at a time.

pyttsx3 and espeak-ng keep global state, are not safe with threads, and `runAndWait` may return before the
file is there. So this process makes one sentence, waits until the file is complete, and only then takes the
next; what goes wrong beyond that is for the parent, which kills it and starts another.

A request is a line of JSON on standard input, a reply one on standard output:

    {"text": "...", "voice": "f4", "rate": 160, "pitch": 50, "file": "1.wav"}
    {"ok": true}    or    {"error": "what went wrong", "again": true}

`again` says whether another try may help.

The process ends when its input does, which is when its parent ends.
"""

import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import time
import wave
from functools import cache
from pathlib import Path
from typing import Any, TextIO

LANGUAGE = "cmn-latn-pinyin"
"""espeak-ng 1.51 reads characters and pinyin rightly under this name, and `cmn` as English."""
COMPLETE_WITHIN = 1.5
COMPLETE_WITHIN_PER_CHARACTER = 0.02
"""Seconds that the file may take after pyttsx3 says that it is done."""
TRIES = 4
SETTLE = 0.01
"""Seconds for espeak-ng's own thread to finish what it was told. pyttsx3 takes that work for speech still
going on and cancels what comes next."""
HOLDS = 3
"""Looks in a row, `SETTLE` apart, that must find rate and pitch as they were set."""
APPLIED_WITHIN = 2.0
"""Seconds for that thread to apply a rate or pitch."""
_PR_SET_PDEATHSIG = 1


class UnknownVoice(ValueError):
    """espeak-ng has no such voice variant; it would speak in its ordinary voice without a word."""


def main() -> None:
    _die_with_parent()
    replies = _own_output()
    import pyttsx3

    from voice.synthesisers.pinyin import spoken

    speaker = Speaker(pyttsx3.init("espeak"))
    print(json.dumps({"ok": True}), file=replies, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            speaker.set(voice=_voice(request["voice"]), rate=request["rate"], pitch=request["pitch"])
            speaker.speak(spoken(request["text"]), Path(request["file"]))
            reply: dict[str, Any] = {"ok": True}
        except UnknownVoice as error:
            reply = {"error": str(error), "again": False}
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}", "again": True}
        print(json.dumps(reply), file=replies, flush=True)


class Speaker:
    """A pyttsx3 engine, used only so that the file is always that of the text."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._set: dict[str, str | int] = {}
        self._cancelled = False
        engine.connect("finished-utterance", self._on_finished)
        engine.runAndWait()  # until its first run pyttsx3 only collects what it is told
        time.sleep(SETTLE)

    def set(self, voice: str, **numbers: int) -> None:
        """Sets voice, rate and pitch, and waits until they hold."""
        wanted: dict[str, str | int] = {"voice": voice, **numbers}
        if wanted == self._set:
            return
        self._set = {}
        self._engine.setProperty("voice", voice)
        time.sleep(SETTLE)
        self._apply(numbers)
        self._set = wanted

    def _apply(self, numbers: dict[str, int]) -> None:
        """Sets rate and pitch until they hold: a voice that is applied late brings its own rate along."""
        deadline = time.monotonic() + APPLIED_WITHIN
        held = 0
        while held < HOLDS:
            if not held:
                for name, value in numbers.items():
                    self._engine.setProperty(name, value)
            time.sleep(SETTLE)
            holds = all(self._engine.getProperty(name) == value for name, value in numbers.items())
            held = held + 1 if holds else 0
            if not holds and time.monotonic() > deadline:
                raise TimeoutError(f"espeak-ng did not take on {numbers}")

    def speak(self, pinyin: str, file: Path) -> None:
        """Writes the speech; a sentence that pyttsx3 cancelled of itself is said again."""
        for _ in range(TRIES):
            file.unlink(missing_ok=True)
            self._cancelled = False
            self._engine.save_to_file(pinyin, str(file))
            self._engine.runAndWait()
            if self._written(file, COMPLETE_WITHIN + COMPLETE_WITHIN_PER_CHARACTER * len(pinyin)):
                return
            time.sleep(SETTLE)
        raise TimeoutError("pyttsx3 cancelled the sentence again and again")

    def _on_finished(self, name: str | None, completed: bool) -> None:
        self._cancelled = self._cancelled or not completed

    def _written(self, file: Path, seconds: float) -> bool:
        """Waits for the complete file; False when the sentence was cancelled."""
        deadline = time.monotonic() + seconds
        while not _complete(file):
            if self._cancelled:
                return False
            if time.monotonic() > deadline:
                raise TimeoutError("pyttsx3 wrote no complete file")
            time.sleep(0.005)
        return True


def _voice(variant: str) -> str:
    if variant and variant not in _variants():
        raise UnknownVoice(
            f"espeak-ng has no voice variant {variant!r}; `espeak-ng --voices=variant` lists them"
        )
    return f"{LANGUAGE}+{variant}" if variant else LANGUAGE


@cache
def _variants() -> frozenset[str]:
    listed = subprocess.run(["espeak-ng", "--voices=variant"], capture_output=True, text=True, check=True)
    return frozenset(match[1].strip() for match in re.finditer(r"!v/(.+)$", listed.stdout, re.MULTILINE))


def _complete(file: Path) -> bool:
    try:
        with wave.open(str(file), "rb") as audio:
            declared = audio.getnframes()
            return declared > 0 and len(audio.readframes(declared)) == declared * audio.getsampwidth()
    except (wave.Error, EOFError, OSError):
        return False


def _own_output() -> TextIO:
    """The real standard output for replies; whatever else prints goes to standard error."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return replies


def _die_with_parent() -> None:
    """Asks Linux to end this process with its parent, should the parent be killed in mid-sentence."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    main()
