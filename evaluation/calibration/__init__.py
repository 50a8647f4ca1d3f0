"""Chooses the weights of a candidate's confidence and the thresholds on the development sets (docs/calibration.md)."""
