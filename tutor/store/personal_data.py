"""The register of stored data: every table with its columns, every kind of file, and what is kept in memory.

Each entry says whose it is, what for, for how long, how its owner gets it and how it is erased. Tests compare it with
the schema, its foreign keys and a data folder; `data_map` prints it for `docs/privacy.md`.
"""

from __future__ import annotations

from tutor.store.data_records import (
    FOR_THE_ACCOUNT,
    FOR_THE_COURSE,
    FOR_THE_COURSE_DATA,
    DataRecord,
    Erasure,
    Export,
    Owner,
)


def _of_person(
    name: str,
    columns: str,
    purpose: str,
    export: Export,
    retention: str = FOR_THE_ACCOUNT,
    erasure: Erasure = Erasure.DELETED,
    unnamed: str = "",
    withheld: str = "",
    why_withheld: str = "",
) -> DataRecord:
    lists = tuple(columns.split()), tuple(unnamed.split()), tuple(withheld.split())
    return DataRecord(name, Owner.PERSON, purpose, retention, export, erasure, *lists, why_withheld)


def _of_course(
    name: str,
    columns: str,
    purpose: str,
    retention: str = FOR_THE_COURSE,
    owner: Owner = Owner.COURSE,
    erasure: Erasure = Erasure.KEPT,
) -> DataRecord:
    return DataRecord(name, owner, purpose, retention, Export.NONE, erasure, tuple(columns.split()))


TABLES = (
    _of_person(
        "people",
        "id name role guest language consent_at created_at display_name paused_at",
        "the account: name or pseudonym, the name they chose, role, language, consent to training, a pause",
        Export.DATA_FILE,
    ),
    _of_person(
        "sessions",
        "token_sha256 person_id created_at seen_at",
        "staying signed in",
        Export.DATA_FILE,
        "until signed out or too old",
        withheld="token_sha256",
        why_withheld="the hash of a secret",
    ),
    _of_person(
        "invitations",
        "token_sha256 person_id created_at expires_at used_at",
        "one-time sign-in links",
        Export.DATA_FILE,
        "until they have expired",
        withheld="token_sha256",
        why_withheld="the hash of a secret",
    ),
    _of_person(
        "identities",
        "issuer subject_mac person_id created_at",
        "signing in with an account of another provider",
        Export.DATA_FILE,
        withheld="subject_mac",
        why_withheld="a keyed hash, to recognise them by",
    ),
    _of_person(
        "enrolments",
        "person_id course_id created_at teaches removed_at",
        "who is in a course, teaches it, or was taken out of it",
        Export.DATA_FILE,
    ),
    _of_person(
        "conversations",
        "id learner_id course_id title created_at updated_at deleted_at",
        "the chats, to go on with them",
        Export.DATA_FILE,
        "until the account is erased; a deleted one 30 days, or as set; longer while a better answer in it is used",
    ),
    _of_person(
        "turns",
        "id conversation_id learner_id course_id number question answer status covered confidence citations "
        "passages prompt prompt_sha256 model quantization adapter timings guidance provenance replaces shown "
        "created_at verified",
        "questions, answers and how each answer came about",
        Export.DATA_FILE,
        "as its conversation",
        withheld="prompt",
        why_withheld="the question again, with passages of the course",
    ),
    _of_person("feedback", "turn_id author_id thumb reason created_at", "ratings of answers", Export.DATA_FILE),
    _of_person(
        "corrections",
        "id turn_id author_id learner_id course_id text state consent decided_by created_at decided_at reason",
        "better answers: they are shown again, and train adapters with consent",
        Export.DATA_FILE,
        "until withdrawn (the text) or the account is erased",
        unnamed="decided_by",
    ),
    _of_person(
        "profiles",
        "learner_id course_id said dropped in_prompt updated_at",
        "what learners say about themselves, and which statements they deleted",
        Export.DATA_FILE,
        FOR_THE_COURSE_DATA,
    ),
    _of_person("quizzes", "id learner_id course_id topic started_at ended_at", "practice", Export.DATA_FILE),
    _of_person(
        "posed",
        "id quiz_id number purpose learner_id course_id item_id item state hints seen asked_at expires_at",
        "the questions that were asked in practice",
        Export.DATA_FILE,
    ),
    _of_person(
        "attempts",
        "id posed_id submission_id number text aided hints at",
        "answers to questions of practice",
        Export.DATA_FILE,
    ),
    _of_person(
        "grades",
        "sequence attempt_id outcome confidence reasons missing judge by reason undoes at",
        "grades of these answers, and who changed them",
        Export.DATA_FILE,
        unnamed="by judge",
    ),
    _of_person(
        "evidence",
        "sequence id kind learner_id course_id item_id skill skills outcome hints aided at judge grade_id "
        "supersedes origin misconception passage_id expected usual reason recorded_at",
        "graded answers as events; the learner model is computed from them",
        Export.DATA_FILE,
        FOR_THE_COURSE_DATA,
        unnamed="judge",
    ),
    _of_person(
        "learner_states",
        "learner_id course_id sequence policy body",
        "what a learner knows, computed from the events",
        Export.DATA_FILE,
        FOR_THE_COURSE_DATA,
    ),
    _of_person(
        "learner_checkpoints",
        "learner_id course_id last_at sequence policy body",
        "earlier states, to compute a changed grade faster",
        Export.COMPUTED,
        FOR_THE_COURSE_DATA,
    ),
    _of_course(
        "item_tallies",
        "course_id item_id skill answers rights",
        "how hard questions are: numbers of answers of everybody",
        erasure=Erasure.REBUILT,
    ),
    _of_course(
        "course_tracers",
        "course_id sequence body",
        "weights of the learner model, fitted on everybody's answers",
        erasure=Erasure.REBUILT,
    ),
    _of_course("voided_statements", "course_id statement_id", "ids of imported statements that do not count"),
    _of_person(
        "adapters",
        "id name learner_id course_id version state base_sha256 sha256 directory metrics created_at reasons",
        "trained versions of a learner, or of a course",
        Export.DATA_FILE,
        "until the version is deleted or the account is erased",
        withheld="directory",
        why_withheld="a folder of the server",
    ),
    _of_person(
        "adapter_rows",
        "adapter_id correction_id",
        "which better answers a version was trained on",
        Export.DATA_FILE,
        "as long as the version",
    ),
    _of_person("training_losses", "job_id step loss held_out", "the course of a training", Export.DATA_FILE),
    _of_person(
        "jobs",
        "id kind owner_id course_id subject state stage done total message payload created_at updated_at stage_at",
        "trainings and uploads, with their progress",
        Export.DATA_FILE,
        withheld="payload",
        why_withheld="names of files of the server",
    ),
    _of_person(
        "pauses",
        "id course_id learner_id paused_by paused_at",
        "for whom the chat is paused",
        Export.DATA_FILE,
        "until it goes on",
        unnamed="paused_by",
    ),
    _of_person(
        "alerts",
        "id course_id learner_id turn_id kind level raised_at seen_by seen_at",
        "messages that sound like danger or bought work, so that an instructor looks",
        Export.DATA_FILE,
        "as the message",
        unnamed="seen_by",
    ),
    _of_person(
        "audit_log",
        "sequence at act actor subject course_id mac",
        "who did what to whom, under keyed hashes that lead to nobody after an erasure",
        Export.DATA_FILE,
        "two years, or as set",
        erasure=Erasure.KEPT,
        withheld="sequence mac",
        why_withheld="they chain the rows of everybody",
    ),
    _of_course(
        "audit_head",
        "id sequence mac first root",
        "where the audit log begins and ends",
        "for good",
        owner=Owner.NOBODY,
    ),
    _of_course(
        "courses",
        "id title language open help_level strictness join_code created_at blocked_topics answer_rules help_contacts "
        "offers_hints",
        "courses and their settings",
    ),
    _of_course("skills", "course_id id name needs grounds concept ordinal offered accepted", "the skills of a course"),
    _of_course(
        "documents",
        "id course_id name title sha256 media_type pages passages notes added_at",
        "the documents of a course",
        "until the document is removed",
    ),
    _of_course(
        "passages",
        "id document_id ordinal text place place_number place_label heading start end key_terms",
        "the text of these documents",
        "until the document is removed",
    ),
    _of_course("generations", "course_id generation", "the number of changes of a course's documents"),
    _of_course(
        "items", "id course_id kind body skill difficulty origin state created_at updated_at", "the question bank"
    ),
    _of_course("item_sources", "course_id generation judge", "what the question bank was made from"),
    _of_person(
        "data_keys",
        "owner wrapped created_at destroyed_at",
        "the keys that seal what people wrote",
        Export.NONE,
        "for good; a destroyed key opens nothing",
        erasure=Erasure.KEY_DESTROYED,
    ),
    _of_course(
        "sealing", "id master_check cleaned", "which master key the database needs", "for good", owner=Owner.NOBODY
    ),
    _of_course("alembic_version", "version_num", "the version of the schema", "for good", owner=Owner.NOBODY),
)


def _of_nobody(name: str, purpose: str, retention: str) -> DataRecord:
    return DataRecord(name, Owner.NOBODY, purpose, retention, Export.NONE, Erasure.KEPT)


def _of_somebody(name: str, purpose: str, retention: str, export: Export, erasure: Erasure) -> DataRecord:
    return DataRecord(name, Owner.PERSON, purpose, retention, export, erasure)


_WORK = "rows and checkpoint of a running or killed training"
FILES = (
    DataRecord(
        "tutor.sqlite*",
        Owner.PERSON,
        "the tables above, and the database's log",
        "as the tables",
        Export.DATA_FILE,
        Erasure.DELETED,
    ),
    _of_nobody("master.key*", "wraps all data keys", "until it is replaced"),
    _of_nobody("adapters/.key", "signs adapters", "for good"),
    _of_nobody("adapters/.base/*", "results of the unchanged model, to compare adapters with", "for good"),
    _of_somebody("adapters/.work/*", _WORK, "a week after a killed training", Export.NONE, Erasure.DELETED),
    DataRecord("erased.txt", Owner.PERSON, "hashes of ids of erased people", "for good", Export.NONE, Erasure.KEPT),
    DataRecord(
        "adapters/*",
        Owner.PERSON,
        "the weights of each version",
        "until the version is deleted or the account is erased",
        Export.OWN_FILES,
        Erasure.DELETED,
    ),
    DataRecord(
        "originals/*",
        Owner.COURSE,
        "documents as uploaded",
        "ten minutes after the document was removed",
        Export.NONE,
        Erasure.KEPT,
    ),
    DataRecord("index/*", Owner.COURSE, "search indexes of documents", FOR_THE_COURSE, Export.NONE, Erasure.KEPT),
    _of_somebody("uploads/*", "files while they are uploaded", "until the next start", Export.NONE, Erasure.FORGOTTEN),
    DataRecord(
        "backups/*",
        Owner.PERSON,
        "copies of database, documents and adapters that an administrator made",
        "until five later ones are made",
        Export.OPERATOR,
        Erasure.ON_RESTORE,
    ),
    _of_nobody("models/*", "downloaded models", "until they are deleted"),
    _of_nobody("server.lock", "one server a folder", "for good"),
)

MEMORY = (
    DataRecord(
        "prompt cache of the model",
        Owner.PERSON,
        "a follow-up is answered faster",
        "until newer conversations take its place",
        Export.NONE,
        Erasure.FORGOTTEN,
    ),
    DataRecord(
        "vectors of questions",
        Owner.PERSON,
        "the same question is searched once",
        "until newer questions take their place",
        Export.NONE,
        Erasure.FORGOTTEN,
    ),
    DataRecord(
        "loaded adapters",
        Owner.PERSON,
        "answers without reading the files again",
        "until newer ones take their place",
        Export.NONE,
        Erasure.FORGOTTEN,
    ),
    DataRecord(
        "state of open pages",
        Owner.PERSON,
        "what the page shows",
        "an hour after the page was closed at the latest",
        Export.NONE,
        Erasure.FORGOTTEN,
    ),
)
