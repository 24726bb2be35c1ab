"""From examples to a model folder: vocabulary, fitting, calibration, export. Needs the `train` extra."""
