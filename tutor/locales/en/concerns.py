"""Messages about what needs a person: what a learner is told, and the instructor's list of alerts."""

MESSAGES: dict[str, str] = {
    "concern_self_harm": "I am glad that you say it. I am a machine and cannot help with this, but people can. "
    "Please talk to somebody you trust today: a parent, a friend, a teacher, a doctor. If you or somebody else might "
    "get hurt, call the emergency number of your country now.",
    "concern_violence": "This sounds as if somebody could get hurt. I am a machine and do not help with that. Please "
    "talk to an adult you trust today. If anybody is in danger, you too, call the emergency number of your country "
    "now.",
    "concern_sexual_young": "I do not help with sexual acts or pictures of children and young people. If something "
    "like this happens to you or to somebody you know, it is not your fault, and you may tell it: please talk to an "
    "adult you trust today. If you are in danger, call the emergency number of your country now.",
    "concern_cheating": "I do not help with having work done by others, or with getting the questions or answers of "
    "an exam. I am glad to help you prepare: ask me about the course, or open Practice.",
    "answer_withheld": "I do not show what I wrote here: it may be harmful. Please ask in another way, or ask your "
    "instructor.",
    "concern_contacts": "You can also turn to:\n\n{contacts}",
    "concern_told_urgent": "Your instructor is told, and can read this message of yours.",
    "concern_told_notice": "Your instructor sees that there was a message of this kind, but not what you wrote.",
    "alerts_title": "Messages that need a person",
    "alerts_lead": "Messages that sound like self-harm, violence, sexual acts with young people, or bought work. "
    "Urgent ones show what was written; of the others you see only who wrote and when. A program looks for them: it "
    "misses some, and some are harmless.",
    "alerts_tab": "People ({count})",
    "alerts_none": "None.",
    "alert_line": "{level} · {learner} · {kind} · {when}",
    "alert_seen": "seen",
    "alert_urgent": "urgent",
    "alert_notice": "to look at",
    "alert_kind_self_harm": "self-harm",
    "alert_kind_violence": "violence",
    "alert_kind_sexual_young": "sexual acts with young people",
    "alert_kind_cheating": "bought work or exam answers",
    "alert_choose": "Not yet seen to",
    "alert_mark_seen": "I have seen to it",
    "alert_marked": "Noted.",
    "contacts_label": "Whom learners can turn to",
    "contacts_info": "Shown to a learner in need: people, rooms, hours, telephone numbers. The tutor itself names "
    "only the emergency number of the country.",
    "contacts_save": "Save contacts",
    "contacts_saved": "Saved.",
}
