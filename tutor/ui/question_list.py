"""The list in the instructor's questions tab: its filters, and what is done with many questions at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.assessment.question_types.registry import question_type, question_types
from tutor.domain import Person
from tutor.locales import t
from tutor.practice.question_filters import NO_SKILL, ItemQuality, ListedQuestion, QuestionFilter
from tutor.services import Services
from tutor.store.items import ItemState
from tutor.ui import text_format
from tutor.ui.gradio_i18n import i18n

MAX_ITEMS = 60  # in the list; more are found by filtering
Choices = list[tuple[Any, str]]  # a label, which may be a message that the page translates, and its value


@dataclass(frozen=True, slots=True)
class QuestionListView:
    """What the list shows."""

    services: Services

    def find(self, actor: Person, course_id: str, filters: Sequence[str | None]) -> list[ListedQuestion]:
        """Return the questions that pass the filters, in the order of the components of `build_filters`."""
        words, *chosen = (value or "" for value in filters)
        return self.services.item_bank.find_questions(actor, course_id, QuestionFilter(words[:200], *chosen))

    def render(self, actor: Person, course_id: str, filters: Sequence[str | None]) -> gr.CheckboxGroup:
        found = self.find(actor, course_id, filters)
        nothing = "question_none_found" if any(filters) else "question_none"
        info = t(actor.language, "question_found", count=len(found)) if found else t(actor.language, nothing)
        if len(found) > MAX_ITEMS:
            info = t(actor.language, "question_more", shown=MAX_ITEMS, count=len(found))
        choices = [(format_question(one, actor.language), one.stored.item.id) for one in found[:MAX_ITEMS]]
        return gr.CheckboxGroup(choices=choices, value=[], info=info)

    def render_filters(self, actor: Person, course_id: str) -> tuple[gr.Dropdown, gr.Dropdown]:
        """Return the choices of documents and of skills of this course."""
        documents = [
            (text_format.to_plain_line(document.title), document.id)
            for document in self.services.documents.documents(actor, course_id)
        ]
        skills = [
            (text_format.to_plain_line(skill.name), skill.id)
            for skill in self.services.courses.skills(actor, course_id)
        ]
        everything = (t(actor.language, "question_any"), "")
        no_skill = (t(actor.language, "question_no_skill"), NO_SKILL)
        return (
            gr.Dropdown(choices=[everything, *documents], value=""),
            gr.Dropdown(choices=[everything, *skills, no_skill], value=""),
        )


def format_question(listed: ListedQuestion, language: str) -> str:
    """Return a question as one plain line, with its kind, whether it is pinned or banned, and its quality."""
    stored = listed.stored
    state = {ItemState.PINNED: "question_pinned", ItemState.BANNED: "question_banned"}.get(stored.state)
    kind = t(language, question_type(stored.item.kind).label)
    prompt = text_format.to_plain_line(stored.item.prompt, 140)
    line = prompt if prompt.startswith(kind) else t(language, "question_line", kind=kind, prompt=prompt)
    quality = t(language, f"question_quality_{listed.quality.value}")
    return (t(language, state) if state else "") + t(language, "question_with_quality", line=line, quality=quality)


def build_filters() -> list[Any]:
    """Add the filters; return search, kind, document, skill, quality and state."""
    search = gr.Textbox(label=i18n("question_filter"), max_length=200, elem_id="tutor-question-search")
    with gr.Row(elem_classes="tutor-filters"):
        kind = _dropdown("question_kind", [(i18n(each.label), each.kind.value) for each in question_types()], "kind")
        document = _dropdown("question_document", [], "document")
        skill = _dropdown("question_skill", [], "skill")
        quality = _dropdown(
            "question_quality", [(i18n(f"question_quality_{one.value}"), one.value) for one in ItemQuality], "quality"
        )
        state = _dropdown(
            "question_state", [(i18n(f"question_{one.value}_state"), one.value) for one in ItemState], "state"
        )
    return [search, kind, document, skill, quality, state]


def _dropdown(label: str, choices: Choices, name: str) -> gr.Dropdown:
    everything = (i18n("question_any"), "")
    return gr.Dropdown(
        label=i18n(label),
        choices=[everything, *choices],
        value="",
        min_width=150,
        elem_id=f"tutor-question-filter-{name}",
    )
