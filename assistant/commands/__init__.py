"""The command line: one module for each group of commands, thin shells over the rest of the platform."""
