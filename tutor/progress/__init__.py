"""What learners know, from their graded answers: records, profiles, reports, reading recommendations."""
