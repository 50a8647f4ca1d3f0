"""The assistant: turns a message into a reply, and owns conversations and the consultation ledger."""
