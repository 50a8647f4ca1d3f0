"""Channels: to ours, handle, from ours. A connector is handed the message handler."""
