"""Days on which the hall opens otherwise than its weekdays and the public holidays say (S11)."""
