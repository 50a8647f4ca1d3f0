"""Question → answer text, and paraphrase → question, on a city's real FAQ (the Taipei set)."""
