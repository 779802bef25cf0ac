"""Assignment under side constraints: quotas, minimums, demand, credits and clashes."""
