"""Matching of applicants to places: arrays in, arrays out."""
