"""Feedback on answers, better answers, and the instructor's review of them."""
