"""Engines: something that turns messages into streamed text, under one learner's adapter. The seam is `base`."""
