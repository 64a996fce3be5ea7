"""The tutor: turns, engine, learner model, store and pages. See docs/house.md for the plan."""
