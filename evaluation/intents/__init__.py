"""How well the wishes for deeds are heard, among questions of every other kind."""
