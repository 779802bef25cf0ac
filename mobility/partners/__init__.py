"""Partners: higher education institutions, their units and the people to write to."""
