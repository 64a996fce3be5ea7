"""The tutor: turns, engine, learner model, store and pages. See docs/architecture.md for the plan."""
