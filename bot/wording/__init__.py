"""Every sentence that a citizen reads, in one data file."""
