"""The `soho` command: each sub-command parses, calls one verb, prints."""
