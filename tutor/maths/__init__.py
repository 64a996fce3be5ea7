"""Notation: what numbers and formulas a text says. Both grading and the leak guard read with it; it decides nothing."""
