"""Ratings and corrections of answers, and their review by instructors."""
