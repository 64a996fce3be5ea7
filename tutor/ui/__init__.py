"""The pages of students and instructors, and the middleware that checks every request."""
