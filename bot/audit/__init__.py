"""Who did what when: a log that is only ever added to."""
