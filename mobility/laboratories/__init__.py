"""Laboratories and technical base: equipment with a calendar, slots, and who books them."""
