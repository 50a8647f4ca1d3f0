"""Learns the default encoder's adapter from pairs of a citizen's words and what they ask for."""
