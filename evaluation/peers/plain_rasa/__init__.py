"""A plain Rasa FAQ bot as a competent developer sets it up from the tutorial; answers the questions that ours does."""
