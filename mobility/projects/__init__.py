"""Joint projects of two partners: leaders on both sides, a period, results."""
