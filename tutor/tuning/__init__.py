"""Turns corrections into training rows, adapters and the version that answers."""
