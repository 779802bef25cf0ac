"""Rounds: the matching of a closed call, from frozen inputs to a published result."""
