"""A course that nobody outside may know of, full of things to find: each is marked with a word that is nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.domain import Course, Finished, Person, Role
from tutor.services import Services

MATERIAL = b"# Zirconium\n\nZirconium is a marked metal, and its melting point was measured in the laboratory.\n"
COURSE_MARKS = ("Zirconium", "Tourmaline", "Beryllic")  # of the documents, questions and skills
ANSWER_KEY = "heliodor"
PRIVATE_MARKS = ("vesuvianite", "labradorite", "bloodstone")  # of the victim's question, better answer and profile
LEARNERS = ("victim", "classmate", "taken-out", "outsider")


@dataclass(frozen=True)
class SecretCourse:
    """The course, its people, and the ids of everything in it."""

    course: Course
    teacher: Person
    victim: Person
    classmate: Person
    taken_out: Person
    outsider: Person
    stranger: Person
    ids: tuple[str, ...]


def build_secret_course(services: Services) -> SecretCourse:
    """The course with a document, a skill, a question, a conversation, a better answer, a quiz and a profile."""
    people = {name: services.accounts.create_account(name, Role.LEARNER) for name in LEARNERS}
    teacher, stranger = (services.accounts.create_account(name, Role.INSTRUCTOR) for name in ("teacher", "stranger"))
    course = services.courses.create(teacher, "Beryllic course", course_id="secret")
    services.courses.create(stranger, "Elsewhere", course_id="elsewhere")
    for name in ("victim", "classmate", "taken-out"):
        services.courses.enrol(teacher, course.id, people[name])
    document = services.documents.ingest(teacher, course.id, "zirconium.md", MATERIAL)
    skill = services.skills.add(teacher, course.id, "Beryllic bonds")
    services.item_bank.import_items(teacher, course.id, f"Tourmaline is named like {{={ANSWER_KEY}}}")
    items = services.item_bank.all_items(teacher, course.id)
    ids = [course.id, document.id, skill.id, *(item.item.id for item in items)]
    ids += _work_of(services, people["victim"], course)
    _work_of(services, people["taken-out"], course, marked=False)
    services.enrolment.remove(teacher, course.id, people["taken-out"].id)
    ids += [person.id for person in people.values()]
    return SecretCourse(
        course,
        teacher,
        people["victim"],
        people["classmate"],
        people["taken-out"],
        people["outsider"],
        stranger,
        tuple(ids),
    )


def _work_of(services: Services, learner: Person, course: Course, *, marked: bool = True) -> list[str]:
    """Let a learner ask, write a better answer, say something about themselves and practise; return the ids of it."""
    question, answer, about = PRIVATE_MARKS if marked else ("metal", "metal", "metal")
    asked = f"Is zirconium a marked metal like {question}?" if marked else "thanks"
    *_, last = services.chat.ask(learner, course.id, asked)
    assert isinstance(last, Finished)
    correction = services.feedback.submit_correction(learner, last.turn.id, f"It is {answer}.", consent=True)
    services.profiles.update(learner, course.id, {"goals": f"I like {about}"})
    quiz = services.quiz_sessions.start_quiz(learner, course.id)
    assert quiz.current is not None
    services.quiz_sessions.submit_answer(learner, quiz.current.question.id, "one", ANSWER_KEY)
    return [last.turn.conversation_id, last.turn.id, correction.id, quiz.quiz.id, quiz.current.question.id]
