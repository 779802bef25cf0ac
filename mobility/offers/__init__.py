"""Offers: the calls of a term and the places that receiving units open in them."""
