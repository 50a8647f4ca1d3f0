"""What the hall publishes: load, check, index, link, answer. Knows neither bot nor connectors."""
