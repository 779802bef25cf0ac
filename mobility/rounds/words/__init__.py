"""Rounds in plain words: the rules of a call, a run and its proof, the reasons of each person."""
