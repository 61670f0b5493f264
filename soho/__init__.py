"""Soho: a self-hosted studio and feed for AI video."""

__version__ = "0.1.0"
