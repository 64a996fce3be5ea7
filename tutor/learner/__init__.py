"""The learner model: what she knows, what comes next and why, when again. Pure functions of immutable events."""
