"""Agreements as files: tables with one row a condition, and JSON by a published schema."""

MOST_BYTES = 1_000_000
JSON_ENDING = ".json"
JSON_TYPE = "application/json"
