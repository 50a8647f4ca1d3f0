"""Ratings of the service and the follow-up of bad ones (S19, S28)."""
