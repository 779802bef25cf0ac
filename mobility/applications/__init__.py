"""Applications: one person's ranked choices in a call, from draft to decision.

Beside what every room has there are:

eligibility  who may be placed where, with each reason against
entries      what a round reads of everybody approved, as plain rows
content      what an uploaded file is, by its bytes
storage      where uploaded files lie
handing      files in and out, each outside of transactions and then in its own
"""
