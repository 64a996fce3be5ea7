"""How the course is read for an answer: the form of a question, the sentences that answer it, the check of a draft."""
