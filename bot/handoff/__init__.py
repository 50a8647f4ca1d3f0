"""Handing a conversation to a person (S04), and a clerk's own to an expert (S24): queue, messages, way back."""
