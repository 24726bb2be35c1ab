"""Adapters to systems outside: each has an embedded default and one that speaks the standard protocol."""
