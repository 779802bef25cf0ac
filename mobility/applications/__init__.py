"""Applications: one person's ranked choices in a call, from draft to decision."""
