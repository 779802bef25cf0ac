"""What follows a publication, reckoned: who holds what, who is next, who may appeal."""
