"""What all deeds share: their dialogues as data, how a message is read into their fields, receipt numbers."""
