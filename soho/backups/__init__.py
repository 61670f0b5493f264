"""Backups: everything an installation keeps, in one folder, and back again.

    FOLDER/manifest.json    what is in it: counts of rows and objects, and the dump's checksum
    FOLDER/database.dump    PostgreSQL's own archive (pg_dump)
    FOLDER/objects.jsonl    one line an object: its key, bytes, SHA-256
    FOLDER/objects/...      the objects under their keys

The database is dumped from one snapshot. Objects are written before rows point to them, and nothing is
removed from the storage while a backup runs (`creations.removal`), so every object that a row of the snapshot
names is in it. A second backup into the same folder copies only what is new.
"""
