"""What is told of a round in numbers: to everybody, of each place, of runs side by side."""
