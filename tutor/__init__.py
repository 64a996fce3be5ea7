"""The tutor: turns, engine, learner model, store and pages. See docs/architecture.md for the plan."""

from tutor.platform.openmp import let_waiting_threads_sleep

let_waiting_threads_sleep()
