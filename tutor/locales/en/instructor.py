"""Messages of the instructor's page: courses, documents, strictness, invitations."""

MESSAGES: dict[str, str] = {
    "instructor_title": "Teach",
    "only_instructors": "This page is for instructors. If you are one, open your sign-in link again.",
    "new_course": "New course",
    "course_title": "Title",
    "course_language": "Language",
    "create": "Create",
    "created": "“{title}” was created. Next, upload its documents.",
    "material": "Material",
    "people": "People",
    # documents
    "documents": "Documents",
    "upload": "Upload documents",
    "upload_hint": "PDF, Word, PowerPoint, HTML, Markdown, text and more, up to {megabytes} MB each.",
    "cancel_upload": "Cancel {name}",
    "job_place": "waiting, number {place}",
    "stage_reading_at": "reading page {done} of {total}",
    "stage_embedding_at": "{done} of {total} passages made searchable",
    "left_seconds": ", about {count} s left in this step",
    "left_minutes": ", about {count} min left in this step",
    "no_documents_yet": "No documents yet. Upload the first one above.",
    "document_line": "{name} · {pages:page|pages} · {passages:passage|passages}",
    "remove": "Remove",
    "remove_sure": "Remove “{name}”? The tutor will no longer use it for answers.",
    "remove_yes": "Yes, remove",
    "cancel_removal": "Cancel",
    "removed": "“{name}” was removed.",
    "restoring": "“{name}” is being restored.",
    # strictness
    "strictness": "When should the tutor answer?",
    "strictness_info": "How sure the tutor must be that the course covers a question. Otherwise it says that the "
    "question is not covered.",
    "strictness_strict": "Strict: only when the course very likely covers the question",
    "strictness_usual": "Standard: when the course probably covers it",
    "strictness_generous": "Generous: also when the course may cover it",
    "strictness_preview": "would answer {answered} of the last {asked:question|questions}",
    "strictness_nothing_asked": "no questions yet",
    "strictness_set": "Saved. It applies from the next question on.",
    "no_cross_lingual": "A question in one language does not find documents in another here: the search model reads "
    "English only, and other languages are searched by their words. A multilingual search model does both; see the "
    "README.",
    # invitations
    "invite": "Invite",
    "invite_name": "Name (a-z, 0-9, hyphen)",
    "invite_make": "Create a one-time link",
    "invite_link": "Send this link to {name}. It works once and expires after a week.",
    "role": "Role",
    "role_learner": "Learner",
    "role_instructor": "Instructor",
}
