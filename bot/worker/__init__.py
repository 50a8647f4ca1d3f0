"""The background work: the outbox and periodic jobs, inside the app or alone."""
