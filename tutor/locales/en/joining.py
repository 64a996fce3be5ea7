"""Messages about joining a course: the page that a link opens, and the instructor's panel."""

MESSAGES: dict[str, str] = {
    # the page that a join link opens, and the one for a code
    "join_course_lead": "Join this course to ask about its documents and to practise.",
    "join_course_button": "Join the course",
    "join_code_lead": "Type the code that your instructor gave you.",
    "join_code_label": "Course code",
    "join_code_button": "Join",
    "join_a_course": "Join a course",
    "welcome_sign_in": "Sign in with my school's account",
    "welcome_have_code": "I have a course code",
    # the instructor's panel
    "access_title": "Who may study this course",
    "access_open": "Everybody who uses this tutor",
    "access_joined": "Only those who join with the link or the code",
    "access_set": "Saved.",
    "join_link_label": "Link to join “{course}”",
    "join_code_shown": "Code: **{code}** · to type in at {address}",
    "join_off": "Joining is switched off. Those who are in the course stay in it.",
    "join_renew": "New code",
    "join_on": "Switch joining on",
    "join_switch_off": "Switch joining off",
    "join_renewed": "The course has a new code. The old link no longer works.",
    "join_qr": "QR code of the link to join",
    "course_learners": "Learners",
    "course_learners_none": "Nobody has joined yet. Give your class the link or the code.",
    "course_learner_line": "{name} · joined {day}",
    "course_learner_removed": "{name} · taken out {day}",
    "remove_learner": "Take out of the course",
    "readmit_learner": "Let in again",
    "learner_removed": "{name} is no longer in the course. Their work is kept.",
    "learner_readmitted": "{name} is in the course again.",
}
