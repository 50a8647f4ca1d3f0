"""What help, agency and extended hours have in common: a request of a citizen that staff take, answer and settle."""
