"""One student turn, from the question to the stored answer, and what the chat page needs around it."""
