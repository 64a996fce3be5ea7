"""Where Chinese sentences and clauses end, and how long clauses are that read easily or hard."""

SENTENCE_ENDS = "。！？；"
CLAUSE_ENDS = "，。！？；：、"
EASY_AND_HARD_CLAUSE = (6.0, 24.0)  # characters of a clause
