"""The engine measured beside what one would pick instead: `python -m benchmarks`."""
