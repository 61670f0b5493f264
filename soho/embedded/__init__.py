"""A private PostgreSQL and Valkey from their Python wheels, and the supervisor behind `soho up`.

Nothing in here imports Django, so that it can start the servers before settings are read.
"""
