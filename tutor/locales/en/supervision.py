"""Messages about the supervision of the chat: what learners are told, and the instructor's panel."""

MESSAGES: dict[str, str] = {
    "paused_course": "Your instructor has paused the tutor in this course for a while. Practice and your earlier "
    "answers are still here.",
    "paused_learner": "Your instructor has paused the tutor for you for a while. If you do not know why, please ask "
    "them. Practice and your earlier answers are still here.",
    "topic_blocked": "Your instructor has asked me not to talk about “{topic}” in this course. Please ask them about "
    "it; I am glad to help with everything else in the course.",
    "supervision_title": "Pause and rules",
    "pause_course": "Pause the chat for the course",
    "resume_course": "Let the chat answer again",
    "pause_learner": "Pause the chat",
    "resume_learner": "Let the chat answer again",
    "course_is_paused": "The chat is paused: it answers no learner of this course.",
    "course_learner_paused": "{line} · chat paused",
    "learner_paused": "The chat no longer answers {name}.",
    "learner_resumed": "The chat answers {name} again.",
    "blocked_topics": "Topics that the chat does not talk about",
    "blocked_topics_info": "One a line, in the words that learners would use, in each language of the course.",
    "answer_rules": "Rules for what the model writes",
    "answer_rules_info": "One a line, at most ten, such as “Always use SI units.” They are given to the model, which "
    "tries to keep them; what is quoted from the course stays as it is.",
    "blocked_topics_save": "Save topics and rules",
    "blocked_topics_saved": "Saved. It applies from the next message on.",
}
