"""Practice: the questions of a course, quizzes over them, and the grades of what was answered."""
