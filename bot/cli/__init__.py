"""The command line `wenban`."""
