"""Pedagogy: which move the tutor makes, how much help a rung gives, and what must not be said. Pure."""
