"""Personal data of citizens: how it is shown, how long it is kept, what is handed out and deleted (S24)."""
