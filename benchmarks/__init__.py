"""How fast Soho is, in ratios to bare things that do the same. `make bench`, or `python -m benchmarks [NAME ...]`.

Each part measures itself against its rivals in the same run, in turns, several times, and reports medians: so a busy
machine makes both slower and the ratio stays. docs/performance.md says what was measured and what dominates.
"""
