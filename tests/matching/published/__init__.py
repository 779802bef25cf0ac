"""Readers of published matching problems, one module a source; `case` says how they are judged."""
