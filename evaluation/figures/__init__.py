"""The figures of one system on one question set; docs/evaluation.md says what each means."""
