"""What the engine is asked in a child process: plain values in, plain values out, no database."""
