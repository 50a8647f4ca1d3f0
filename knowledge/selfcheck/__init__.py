"""The self-check of what is published (常态化检视, XC 5.3.8): each rule is a function that yields findings."""
