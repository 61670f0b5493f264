"""The drill: many generations, while what they stand on is killed, paused, cut off and filled up.

`make chaos`, or `python -m tests.chaos --help`. Everything is private to it: PostgreSQL, Valkey, the fleet, a
server that sells jobs. docs/operating.md says how to read what it prints.
"""
