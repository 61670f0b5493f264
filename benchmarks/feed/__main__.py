"""`python -m benchmarks.feed`."""

from benchmarks.feed import main

main()
