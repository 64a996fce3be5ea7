"""What learners know, from their graded answers: records, reports, what to read and do next."""
