"""Progress of applications that were handed in (S26, S22)."""
