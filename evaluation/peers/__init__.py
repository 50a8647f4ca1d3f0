"""Other systems on the same knowledge, asked the same questions."""
