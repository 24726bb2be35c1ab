"""Simulated calls with real audio: completion, fields, latency, load. `python -m benchmarks.call --help`."""
