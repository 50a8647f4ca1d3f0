"""Systems that ours is compared with."""
