"""The chat: a turn from the question to the stored answer, conversations, citations, photos."""
