"""The engine: a pure function from a conversation and an input to the next turn."""
