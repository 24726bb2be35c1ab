"""espeak-ng as a source of training speech: the C library, in this process, one sentence at a time.

The library keeps global state, so every worker process has its own and calls it from one thread.
"""

import ctypes
import ctypes.util
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

LANGUAGE = "cmn-latn-pinyin"
_SYNCHRONOUS, _UTF8, _RATE, _PITCH, _RANGE = 2, 1, 1, 3, 4

HELD_OUT_VOICES = ("f4", "m6", "paul", "linda", "steph2", "edward", "Annie", "norbert", "grandpa", "Alicia")
"""Never trained on: figures are measured with these."""
HELD_OUT_KLATT = ("klatt", "klatt2", "klatt3", "klatt4", "klatt5", "klatt6")
"""Another synthesis method, never trained on either."""
TRAINING_VOICES = (
    "", "adam", "Alex", "Andy", "anika", "antonio", "AnxiousAndy", "aunty", "belinda", "benjamin", "boris",
    "caleb", "david", "Denis", "Diogo", "ed", "edward2", "f1", "f2", "f3", "f5", "Gene", "Gene2", "grandma",
    "gustave", "Henrique", "Hugo", "iven", "iven2", "iven3", "iven4", "Jacky", "john", "kaukovalta", "Lee",
    "m1", "m2", "m3", "m4", "m5", "m7", "m8", "marcelo", "Marco", "Mario", "max", "Michael", "michel",
    "miguel", "Mike", "Mr serious", "Nguyen", "pablo", "pedro", "quincy", "RicishayMax", "RicishayMax2",
    "RicishayMax3", "robert", "sandro", "shelby", "steph", "steph3", "Storm", "travis", "Tweaky",
    "victor", "zac",
)  # fmt: skip
"""Left out everywhere: robots, whispers, sound effects; Andrea, whose rate does not follow what is asked
(twice as fast as the others at 165 words a minute); rob, which crashes the library when low and lively."""


class EspeakMissing(RuntimeError):
    """The library or the Mandarin pinyin voice is not installed."""


@dataclass(frozen=True)
class Manner:
    """How a sentence is spoken: voice variant, words per minute, pitch and pitch range (0-100)."""

    voice: str
    rate: int = 175
    pitch: int = 50
    range: int = 50


@cache
def _library() -> tuple[ctypes.CDLL, int]:
    name = ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1"
    try:
        library = ctypes.CDLL(name)
    except OSError as error:
        raise EspeakMissing(f"{name} cannot be loaded; install the system package espeak-ng") from error
    sample_rate = library.espeak_Initialize(_SYNCHRONOUS, 0, None, 0)
    if sample_rate <= 0:
        raise EspeakMissing("espeak-ng did not start; is the package espeak-ng-data installed?")
    return library, sample_rate


def version() -> str:
    """The library's version, which the model's card records."""
    library, _ = _library()
    library.espeak_Info.restype = ctypes.c_char_p
    return str(library.espeak_Info(None).decode().split()[0])


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
_heard: list[NDArray[np.int16]] = []


@_Callback
def _collect(samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int) -> int:
    if count > 0:
        _heard.append(np.ctypeslib.as_array(samples, (count,)).copy())
    return 0


def speak(pinyin: str, manner: Manner) -> tuple[NDArray[np.int16], int]:
    """The samples and sample rate of a pinyin sentence (`xue4 ya1 , zheng4 chang2`)."""
    library, sample_rate = _library()
    library.espeak_SetSynthCallback(_collect)
    voice = f"{LANGUAGE}+{manner.voice}" if manner.voice else LANGUAGE
    if library.espeak_SetVoiceByName(voice.encode()) != 0:
        raise EspeakMissing(f"espeak-ng has no voice {voice!r}")
    for parameter, value in ((_RATE, manner.rate), (_PITCH, manner.pitch), (_RANGE, manner.range)):
        library.espeak_SetParameter(parameter, value, 0)
    _heard.clear()
    text = pinyin.encode()
    library.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0, 0, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    return (np.concatenate(_heard) if _heard else np.zeros(0, np.int16)), sample_rate
