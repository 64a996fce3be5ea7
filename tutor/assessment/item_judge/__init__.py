"""Judges whether a generated question is worth asking, by a small fitted model."""
