"""What is to be told to citizens and staff: kept with the deed that causes it, delivered at least once."""
