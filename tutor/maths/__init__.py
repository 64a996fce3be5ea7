"""Read numbers, units, formulas and linear equations from text. Grading and the leak guard both use it. Pure."""
