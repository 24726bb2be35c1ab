"""The simulated carrier plays, marks and clears as the real one does."""

from voice.lines.simulated.carrier import PlayBuffer

FRAME = b"\x55" * 160


def test_a_mark_comes_back_when_what_was_before_it_has_been_played() -> None:
    buffer = PlayBuffer()
    buffer.audio(FRAME * 2)
    buffer.mark("one")
    buffer.audio(FRAME)
    buffer.mark("two")
    assert buffer.play() == (True, [])
    assert buffer.play() == (True, ["one"])
    assert buffer.play() == (True, ["two"])
    assert buffer.play() == (False, [])


def test_a_mark_after_silence_comes_back_at_once() -> None:
    buffer = PlayBuffer()
    buffer.mark("one")
    assert buffer.play() == (False, ["one"])


def test_clear_drops_the_sound_and_returns_the_pending_marks() -> None:
    buffer = PlayBuffer()
    buffer.audio(FRAME * 5)
    buffer.mark("one")
    buffer.audio(FRAME * 5)
    buffer.mark("two")
    buffer.play()
    assert buffer.clear() == ["one", "two"]
    assert buffer.play() == (False, [])


def test_audio_that_does_not_fill_its_last_frame_is_played_whole() -> None:
    buffer = PlayBuffer()
    buffer.audio(FRAME[:100])
    buffer.mark("one")
    assert buffer.play() == (True, ["one"])
