"""English replies to what a learner says about the conversation itself."""

MESSAGES: dict[str, str] = {
    "follow_up_nothing_said": "Nothing has been answered here yet. Ask a question about the course first.",
    "follow_up_no_source": "No sentence of your course says it in these words. Treat my last answer with "
    "care, or ask your instructor.",
    "follow_up_source": "My last answer comes from here:",
    "follow_up_doubt": "I can be wrong, so please check it. This is what your course says:",
    "follow_up_quote": "“{quote}” [{number}] – {document}, {place}",
    "follow_up_first_message": "This is your first message here. Ask me anything about the course.",
    "follow_up_first_question": "You first asked: “{question}”",
    "follow_up_questions": "Your questions so far:",
    "follow_up_recap": "This is what we talked about:",
    "follow_up_recap_line": "**{question}** {answer}",
    "follow_up_no_more": "Your course says no more about this that I can find. Ask about another part of "
    "it, or about a word in it.",
    "follow_up_cannot_translate": "This model cannot translate. Ask again in the language of the documents, or ask "
    "your instructor for a larger model.",
    "follow_up_language_set": "I will answer in English from now on. What would you like to know?",
    "follow_up_more_intro": "Your course also says:",
    "follow_up_short_intro": "In short:",
    "follow_up_again_intro": "In other words of your course:",
    "reply_thanks": "You’re welcome! Ask whenever something else is unclear.",
    "reply_farewell": "Goodbye, and good luck with your studies!",
    "reply_acknowledge": "Good! Ask the next question, or say “quiz me” to check what you remember.",
}
