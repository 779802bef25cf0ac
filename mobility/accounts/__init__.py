"""Accounts: people, their roles over institutions and units, and how they sign in."""
