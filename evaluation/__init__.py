"""Measures the assistant: data sets, metrics, peers, load."""
