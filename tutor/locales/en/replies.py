"""English replies of the tutor in the chat that no model writes."""

MESSAGES: dict[str, str] = {
    "reply_greeting": "Hello! Ask me anything about this course. {topics}",
    "reply_topics": "The course has: {names}.",
    "reply_title_separator": "; ",
    "reply_no_documents": "This course has no documents yet. Ask your instructor to add some, then ask again.",
    "reply_not_covered": "I did not find this in your course material, so I will not guess. {topics}",
    "reply_other_language": "Its documents are in another language than your question. Ask in their language: I cannot "
    "search across languages.",
    "reply_figure_not_found": "I found no Figure {number} in your course material. {known}",
    "reply_known_figures": "It has Figure {names}.",
    # Notes below a stored answer; a changed text is no longer recognised in answers that are stored already.
    "reply_own_words": "(These are the tutor's own words; the closest passage of the course is {mark}.)",
    "reply_unseen_figure": "(The picture itself was not looked at: this is from its caption and the text around it.)",
    "reply_translated": "(Translated from your course; each number shows the sentence as it stands.)",
    "reply_from_course": "The course says: {sentence}",
    "reply_not_answered": "I did not find an answer to this in the course. What comes closest: {sentence}",
}
