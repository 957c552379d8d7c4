"""Secrets: tokens with a maker's mark, names that are assigned a value, and blocks such as private keys."""
