"""Guides and FAQ entries as they are published now, their history, and the snapshot that every process answers from."""
