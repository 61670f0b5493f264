"""One module a provider, each with `stand_in()`: see tests/providers/scenarios.py."""
