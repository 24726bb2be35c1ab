"""The voice detector finds speech, and not the room."""

import pytest

from tests.voice.sounds import frames, noise, silence, voiced
from voice.activity import Activity, VoiceActivity
from voice.audio import Samples


def changes(*sounds: Samples) -> list[Activity]:
    activity = VoiceActivity()
    return [change for frame in frames(*sounds) if (change := activity.hear(frame)) is not None]


def test_speech_has_a_beginning_and_an_end() -> None:
    started, stopped = changes(silence(1.0), voiced(0.8), silence(1.0))
    assert started.type == "started" and started.time == pytest.approx(1.0, abs=0.1)
    assert stopped.type == "stopped" and stopped.time == pytest.approx(1.8, abs=0.1)


def test_silence_and_steady_noise_are_no_speech() -> None:
    assert changes(silence(2.0)) == []
    assert len(changes(noise(6.0))) <= 2  # until the noise of the line has been learned


def test_speech_is_found_in_noise_that_has_been_learned() -> None:
    sounds = noise(5.0)
    with_voice = sounds.copy()
    speech = voiced(1.0)
    with_voice[4 * 8000 : 5 * 8000] += speech
    started = [change for change in changes(with_voice, noise(1.0)) if change.time > 3.5]
    assert [change.type for change in started] == ["started", "stopped"]


def test_a_click_is_no_speech() -> None:
    assert changes(silence(1.0), voiced(0.04), silence(1.0)) == []


def test_a_pause_inside_a_word_does_not_end_it() -> None:
    assert len(changes(silence(0.5), voiced(0.5), silence(0.12), voiced(0.5), silence(0.5))) == 2
