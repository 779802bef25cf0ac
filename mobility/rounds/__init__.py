"""Rounds: the matching of a closed call, from frozen inputs to a published result.

Beside what every room has there are:

draw             the verifiable lottery, from committed seeds to everybody's number
snapshot         the frozen inputs: written, bounded by quotas, read as arrays
computing        what the engine is asked in a child process, in plain values
figures, words   what pages tell of a round, in numbers and in sentences
chances          how likely each place is, before the deadline
files, checking  the file of a published round, and the check that anybody can make of it
sequel           what follows a publication: who holds what, who is next, who may appeal
offline          the same matching between two tables, without the service
"""
