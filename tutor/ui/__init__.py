"""The pages: what a student and an instructor see, and the gate that every request passes."""
