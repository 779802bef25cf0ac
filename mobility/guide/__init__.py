"""How the service works, for each reader and topic: pages of words, without tables."""
