"""Where English sentences and clauses end, as far as reading difficulty is concerned."""

SENTENCE_ENDS = ".!?;:"
CLAUSE_ENDS = ",.!?;:"
