"""The ways in over HTTP: typed conversations, Rasa's channels, and what watches the server."""
