"""How well a model understands: measures, cross-validation, comparison and reports."""
