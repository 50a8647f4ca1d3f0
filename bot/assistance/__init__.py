"""Requests for help and agency (帮办代办, S14), and what all requests of citizens to the hall share."""
