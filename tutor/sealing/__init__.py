"""Encryption at rest: the master key, data keys and sealed values. Knows nothing of the database."""
