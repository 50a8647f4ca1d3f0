"""What a message means: Rasa's NLU, and a keyword table for when Rasa is away."""
