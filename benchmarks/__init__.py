"""How fast Soho is, in ratios to bare things that do the same: `python -m benchmarks [NAME ...]`.

Each part measures itself against its rivals in the same run, in turns, several times, and reports medians: a
busy machine slows both, and the ratio stays. docs/performance.md says what was measured and what dominates.
"""
