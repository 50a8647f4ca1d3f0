"""The way of one message: an ordered list of steps over one turn (see `bot.handler.handler`)."""
