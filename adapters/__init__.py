"""Corrections in, a LoRA adapter of one learner out, with the proof. A library: it imports nothing of the tutor."""
