"""The learner model: what a learner knows, what to do next, when to review. Pure functions of immutable events."""
