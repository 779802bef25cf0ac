"""Placements: who got which place, their answer, and the mobility that follows."""
