"""Search among as many items as a province publishes."""
