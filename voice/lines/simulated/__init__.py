"""The simulated line: a carrier that speaks the Media Streams protocol to our own endpoint, and a resident.

It runs in a process of its own (`python -m voice.lines.simulated`), so that the assistant meets it only where
it meets a real carrier: at its WebSocket. It is a test bed and a demonstration.
"""
