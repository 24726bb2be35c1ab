"""The recogniser's features: 40 MFCC every 10 ms, as `conf/mfcc.conf` has libvosk make them."""

import kaldi_native_fbank as knf
import numpy as np
from numpy.typing import NDArray

from voice.ports import LINE_RATE

DIMENSION = 40
LOW_HZ, HIGH_HZ = 20, 3700

MFCC_CONF = f"""--use-energy=false
--sample-frequency={LINE_RATE}
--num-mel-bins={DIMENSION}
--num-ceps={DIMENSION}
--low-freq={LOW_HZ}
--high-freq={HIGH_HZ}
--dither=0
"""


def _options() -> knf.MfccOptions:
    options = knf.MfccOptions()
    options.frame_opts.samp_freq = LINE_RATE
    options.frame_opts.dither = 0
    options.mel_opts.num_bins = DIMENSION
    options.num_ceps = DIMENSION
    options.mel_opts.low_freq = LOW_HZ
    options.mel_opts.high_freq = HIGH_HZ
    options.use_energy = False
    return options


def mfcc(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Features of shape (frames, 40)."""
    extractor = knf.OnlineMfcc(_options())
    extractor.accept_waveform(LINE_RATE, samples.astype(np.float32).tolist())
    extractor.input_finished()
    frames = [extractor.get_frame(index) for index in range(extractor.num_frames_ready)]
    return np.stack(frames).astype(np.float32) if frames else np.zeros((0, DIMENSION), np.float32)
