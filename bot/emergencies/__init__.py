"""Emergencies in the hall (S18): recognised by words or intent, guidance at once, an alarm to staff, a log."""
