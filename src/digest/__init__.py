"""Digest turns a newsroom's feeds into an edition worth reading, and delivers it."""

__version__ = "0.1.0"
