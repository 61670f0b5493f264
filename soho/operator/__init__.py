"""The operator's desk: what waits, who works, what went wrong and what it came to; and how to make amends.

It owns no rows: it reads those of the rooms below and does what their verbs do.
"""
