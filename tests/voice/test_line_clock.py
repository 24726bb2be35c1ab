"""The line's clock has no holes, whatever the network does."""

from itertools import pairwise

import numpy as np

from tests.voice.sounds import voiced
from voice.frames import FRAME_SAMPLES, SILENCE
from voice.line_clock import LineClock

SOUND = voiced(0.2)


def chunk(number: int) -> np.ndarray:
    return SOUND[number * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES]


def test_chunks_in_order_are_frames_in_order() -> None:
    clock = LineClock()
    frames = [frame for number in range(3) for frame in clock.place(chunk(number), number * 20)]
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert all(np.array_equal(frame.samples, chunk(frame.index)) for frame in frames)


def test_a_hole_is_filled_and_what_comes_too_late_is_dropped() -> None:
    clock = LineClock()
    clock.place(chunk(0), 0)
    frames = clock.place(chunk(3), 60)
    assert [frame.index for frame in frames] == [1, 2, 3]
    assert np.array_equal(frames[0].samples, SILENCE) and np.array_equal(frames[2].samples, chunk(3))
    assert clock.place(chunk(1), 20) == []
    assert (clock.filled, clock.dropped) == (2, 1)


def test_timestamps_that_cannot_be_right_are_not_believed() -> None:
    clock = LineClock()
    clock.place(chunk(0), 0)
    assert len(clock.place(chunk(1), 3_600_000)) == 1


def test_chunks_of_any_length_become_whole_frames() -> None:
    clock = LineClock()
    cuts = [0, 100, 500, 501, 1600]
    parts = [SOUND[start:end] for start, end in pairwise(cuts)]
    frames = [frame for part in parts for frame in clock.place(part, None)]
    assert np.array_equal(np.concatenate([frame.samples for frame in frames]), SOUND)
