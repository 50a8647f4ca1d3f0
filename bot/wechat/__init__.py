"""The WeChat official account inside the assistant: its tables, its way out of the outbox, its rules."""
