"""Who may do what, what was done, and what never reaches a log."""
