"""The load benchmark: our assistant and a plain Rasa bot under the same load, in one run on one machine."""
