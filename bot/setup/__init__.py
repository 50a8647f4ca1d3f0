"""What `make run` prepares on a fresh machine; each step says whether there is anything to do."""
