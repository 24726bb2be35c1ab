"""Telephone lines: what carries a call. Each line is a `voice.lines.line.Line` while its media is up."""
