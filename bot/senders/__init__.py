"""Where a citizen can be reached again: the sealed address behind a sender key."""
