"""Training data: reading it, its template families and folds, and the linter."""
