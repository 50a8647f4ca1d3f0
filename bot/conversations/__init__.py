"""What is remembered between turns: the item of follow-ups, a running deed; and the record of every turn."""
