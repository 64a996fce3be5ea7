"""English wording around a question that is posed in the chat."""

MESSAGES: dict[str, str] = {
    "quiz_answer_write": "Answer in your next message, or ask for a hint.",
    "quiz_answer_letter": "Answer with the letter.",
    "quiz_answer_truth": "Answer true or false.",
    "quiz_answer_order": "Answer with the letters in order, for example b, a, c.",
    "quiz_answer_number": "Answer with a number, or ask for a hint.",
    "quiz_unread": "I cannot read an answer to this question in your message, so nothing is graded. {how}",
    "quiz_none": "The course has no questions about this yet. Ask me something instead.",
    "quiz_right": "Right.",
    "quiz_partial": "Partly right.",
    "quiz_wrong": "Not right.",
    "quiz_unsure": (
        "I am not sure about this answer. Your instructor will decide, and you will see the result under Practice."
    ),
    "quiz_retry": "Try again, or ask for a hint.",
    "quiz_key": "The answer is: {answer}.",
    "quiz_source": "The course says: “{quote}”",
    "quiz_hinted": "Hint {number} of {most}: {text}",
    "quiz_skipped": "Let us leave this one.",
    "quiz_true": "true",
    "quiz_false": "false",
}
