"""Messages of the first visit: the steps of a new course, and what a learner can begin or continue."""

MESSAGES: dict[str, str] = {
    "welcome_title": "Learn from your own course",
    # an instructor's first course
    "teach_welcome_title": "Welcome, {name}",
    "teach_welcome_text": "Make a course, add what you teach with, and ask it a question: about five minutes. The "
    "sample course stays as it is, for looking around.",
    "course_title_hint": "As your class knows it, for example “Biology 9b”",
    "upload_to": "### Add documents to **{course}**",
    "upload_to_sample": "### Add documents to **{course}**\nThis is the sample course, which everybody sees. For your "
    "own documents make a new course: “New course”, at the top.",
    "steps_title": "First steps of “{course}”",
    "steps_done": "{done} of {count} done",
    "steps_name": "Name the course",
    "steps_documents": "Add what you teach with",
    "steps_documents_why": "Scripts, slides, exercise sheets or a chapter of the textbook.",
    "steps_documents_go": "Add files",
    "steps_reading": "{count:file is|files are} being read.",
    "steps_usable": "{documents:document|documents} with {passages:passage|passages} can be used already.",
    "steps_ask": "Ask a question, as your class would",
    "steps_ask_why": "Look whether the answer is right and where it comes from.",
    "steps_ask_go": "Try it",
    "steps_skills": "Choose the skills",
    "steps_skills_why": "What the class is to learn. The tutor proposes skills from your documents; practice and "
    "progress are about them.",
    "steps_skills_done": "{count:skill|skills} chosen.",
    "steps_skills_go": "Choose skills",
    "steps_help": "Set how much help it gives",
    "steps_class": "Invite the class",
    "steps_class_why": "One link, code or QR code for everybody.",
    "steps_class_done": "{count:learner|learners} joined.",
    "steps_class_go": "Show the link",
    "documents_being_read": "The documents of **{course}** are being read. Ask in a moment.",
    # a new learner's first page
    "start_title": "Welcome to {course}",
    "call_me": "What shall we call you?",
    "call_me_about": "Your instructor sees this name. Leave it empty to go by {name}; you can change it at any time.",
    "change_name": "Change my name",
    "start_how": "How do you want to begin?",
    "start_ask": "Ask my first question",
    "start_place": "Find out what I know",
    "start_place_why": "Finding out takes up to five questions, each chosen by your answers so far. Your map of the "
    "course then begins where you stand.",
    "start_place_too_few": "This course has too few questions yet to find out what you know.",
    "start_skip": "Skip this",
    # what a learner can begin or continue
    "resume_quiz": "You have begun a quiz: question {number} of {count}.",
    "resume_placement": "You have begun to find out what you know: {number:question|questions} answered.",
    "resume_go": "Continue",
    "begin_placement": "New here? Ask your first question below, or find out what you already know.",
    # the picture of the skills
    "map_title": "The map of this course",
    "map_how": "From the basics on top to what builds on them.",
    "map_label": "Map of {skills:skill|skills}, {started} started. The list below says the same in words.",
    "map_more": "{count} more are in the list below.",
    "map_skill": "{skill}: {level}",
    "map_not_started": "not started",
    "map_start_here": "Start here",
    # away from the network
    "offline": "You are offline. What you have written stays here; send it when the connection is back.",
}
