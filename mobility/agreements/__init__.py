"""Agreements between two partners and the cooperation conditions they hold."""
