"""Fills a data folder with a simulated class of thirty learners, to try the progress and class pages.

    python -m examples.demo_class var-demo && TUTOR_MODEL=scripted python -m tutor serve --data-dir var-demo

Uses only the services that the pages use; all people are invented. Prints a sign-in link for four of them.
"""

import random
import sys
from datetime import timedelta
from pathlib import Path

from tutor.domain import Outcome, Role
from tutor.engine.scripted import ScriptedEngine
from tutor.platform.clock import new_id, utc_now
from tutor.platform.settings import Settings
from tutor.progress.evidence_log import GradedAnswer
from tutor.services import open_services

rng, now = random.Random(7), utc_now() - timedelta(days=28)
services = open_services(Settings(data_dir=Path(sys.argv[1])), engine=ScriptedEngine(), clock=lambda: now)
services.seed_sample_course(wait=True)
teacher = services.accounts.create_account("ms-frizzle", Role.INSTRUCTOR)
(course, *_) = services.courses.visible_to(teacher)
services.courses.enrol(services.operator, course.id, teacher)
skills = services.courses.skills(teacher, course.id)
passages = {s.id: [h.passage.id for h in services.library.search(course.id, s.name, 3).hits] for s in skills}
learners = [services.accounts.create_account(f"learner-{n:02d}", Role.LEARNER) for n in range(1, 31)]
ability = {learner.id: rng.uniform(0.45, 1.0) for learner in learners}
for day in range(28):
    for learner in rng.sample(learners, 12):
        for _n in range(rng.randint(3, 9)):
            at = min(len(skills) - 1, int((day / 28) * len(skills) * (0.5 + ability[learner.id])) + rng.randint(-1, 0))
            skill, hints = skills[max(0, at)], int(rng.random() < 0.12)
            right = rng.random() < ability[learner.id] - 0.06 * max(0, at) + 0.012 * day + 0.2 * hints
            item, mixed_up = rng.randint(1, 6), None if right else f"Confuses {skill.name} with its result"
            graded = GradedAnswer(
                course_id=course.id,
                item_id=f"{skill.id}-{item}",
                skills=(skill.id,),
                outcome=Outcome.RIGHT if right else Outcome.WRONG,
                judge="demo 1",
                grade_id=new_id(),
                hints=hints,
                misconception=mixed_up if item < 3 else None,
                passage_id=passages[skill.id][0],
            )
            now += timedelta(minutes=2)
            services.evidence_log.record(learner, graded)
    now = now.replace(hour=9, minute=0) + timedelta(days=1)
for person in (teacher, learners[0], learners[1], services.accounts.create_account("new-here", Role.LEARNER)):
    print(person.name, services.accounts.issue_sign_in_link(person))
