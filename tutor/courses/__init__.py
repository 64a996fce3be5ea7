"""Courses: who may enter them, their documents, their skills, how strict they are."""
