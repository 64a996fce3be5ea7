"""English hints at the questions of a quiz; none of them gives the answer away."""

MESSAGES: dict[str, str] = {
    "quiz_hint_place": "The course covers this in “{place}”.",
    "quiz_hint_reread": "Read the question once more, word by word: what exactly does it ask?",
    "quiz_hint_not": "It is not “{option}”.",
    "quiz_hint_neither": "It is neither “{option}” nor “{other}”.",
    "quiz_hint_compare": "Find the sentence that the statement comes from, and compare the term word for word.",
    "quiz_hint_other_term": "Read the statement with another term of the course instead: does it fit better or worse?",
    "quiz_hint_length": "The missing term has {words} and {letters} letters.",
    "quiz_hint_characters": "The missing term has {letters} characters.",  # in languages without spaces
    "quiz_hint_one_word": "one word",
    "quiz_hint_words": "{count} words",
    "quiz_hint_around": "Look at what comes before and after the gap: what kind of thing fits there?",
    "quiz_hint_pair": "“{first}” comes before “{second}”.",
    "quiz_hint_sentence": "The sentence in the course reads: “{quote}”",
    "quiz_hint_answer": "A good answer goes like this: “{quote}”",
    "quiz_hint_begin": "One full sentence is enough: begin with “{term} …”, say what it is and what it does.",
    "quiz_hint_last": "That was the last hint. Try it, or skip the question and read the passage.",
}
