"""Processes beside the app: the Rasa server, supervised."""
