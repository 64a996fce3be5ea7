"""Starter questions of an empty chat."""

MESSAGES: dict[str, str] = {
    "starter_define": "What is {term}?",
    "starter_define_many": "What are {term}?",
    "starter_compare": "What is the difference between {one} and {other}?",
    "starter_example": "Can you give me an example of {term}?",
}
