"""Cross-validation of the NLU pipeline on its training data."""
