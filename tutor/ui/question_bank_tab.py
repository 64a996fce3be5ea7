"""The questions tab of the instructor's page: how much help, the items of the course, and their exchange."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.assessment.items import Kind
from tutor.domain import HelpLevel, Person
from tutor.services import House
from tutor.store.items import ItemState, StoredItem
from tutor.ui import chat_view
from tutor.ui.error_boundary import QUIET, handler, person, spoken, tell
from tutor.ui.gradio_i18n import text
from tutor.ui.words import say

SHOWN = 60  # items of the list; the rest is found by searching
WRITTEN = (
    Kind.CHOICE,
    Kind.TRUE_FALSE,
    Kind.NUMBER,
    Kind.CLOZE,
    Kind.SHORT_TEXT,
    Kind.ORDERING,
    Kind.SET,
    Kind.FORMULA,
)
Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """The handlers; the use cases check that this person teaches the course."""

    house: House

    def show(self, course_id: str | None, wanted: str | None, request: gr.Request) -> Updates:
        """Return (help level, list, form, prompt, keys, options, difficulty, passage)."""
        who = person(request)
        if course_id is None:
            return gr.skip(), gr.Radio(choices=[], value=None), *self._blank()
        course = self.house.courses.enter(who, course_id)
        return gr.Radio(value=course.help_level.value), self._list(who, course_id, wanted), *self._blank()

    def set_help(self, level: str, course_id: str, request: gr.Request) -> None:
        who = person(request)
        self.house.courses.set_help(who, course_id, HelpLevel(level))
        tell(say(who.language, "help_saved"))

    def open(self, item_id: str | None, course_id: str, request: gr.Request) -> Updates:
        """Fill the form with the chosen item."""
        who = person(request)
        found = next((s for s in self.house.questions.bank(who, course_id) if s.item.id == item_id), None)
        if found is None:
            return self._blank()
        item = found.item
        quote = (
            say(who.language, "question_passage", quote=chat_view.inline(item.source.quote[:400]))
            if item.source
            else ""
        )
        return (
            gr.Column(visible=True),
            item.prompt,
            "\n".join(item.keys),
            gr.Textbox(value="\n".join(item.options), visible=bool(item.options)),
            item.difficulty,
            quote,
        )

    def save(
        self,
        item_id: str,
        prompt: str,
        keys: str,
        options: str,
        difficulty: float,
        course_id: str,
        wanted: str,
        request: gr.Request,
    ) -> Updates:
        who = person(request)
        self.house.questions.edit(who, item_id, prompt, keys.splitlines(), (options or "").splitlines(), difficulty)
        tell(say(who.language, "question_saved"))
        return self.show(course_id, wanted, request)

    def pin(self, item_id: str | None, course_id: str, wanted: str, request: gr.Request) -> Updates:
        return self._set(item_id, course_id, wanted, request, ItemState.PINNED)

    def ban(self, item_id: str | None, course_id: str, wanted: str, request: gr.Request) -> Updates:
        return self._set(item_id, course_id, wanted, request, ItemState.BANNED)

    def release(self, item_id: str | None, course_id: str, wanted: str, request: gr.Request) -> Updates:
        return self._set(item_id, course_id, wanted, request, ItemState.READY)

    def add(self, kind: str, prompt: str, keys: str, options: str, course_id: str, request: gr.Request) -> Updates:
        """Add an item; the form is emptied when it was taken."""
        who = person(request)
        chosen = (options or "").splitlines()
        self.house.questions.write(who, course_id, Kind(kind), prompt or "", (keys or "").splitlines(), chosen)
        tell(say(who.language, "question_added"))
        return "", "", "", *self.show(course_id, "", request)

    def take_in(self, given: str, course_id: str, request: gr.Request) -> Updates:
        who = person(request)
        count, refused = self.house.questions.take_in(who, course_id, given or "")
        reasons = "; ".join(spoken(refusal, who.language) for refusal in refused[:3])
        left = say(who.language, "question_refused", count=len(refused), reasons=reasons) if refused else ""
        tell(say(who.language, "question_imported", count=count, refused=left))
        return self.show(course_id, "", request)

    def gift(self, course_id: str, request: gr.Request) -> str:
        return self._handed_out(course_id, request, "gift")

    def qti(self, course_id: str, request: gr.Request) -> str:
        return self._handed_out(course_id, request, "qti")

    def _handed_out(self, course_id: str, request: gr.Request, form: str) -> str:
        who = person(request)
        written, left_out = self.house.questions.hand_out(who, course_id, form)
        if left_out:
            reasons = "; ".join(spoken(refusal, who.language) for refusal in left_out[:2])
            tell(say(who.language, "question_left_out", count=len(left_out), reasons=reasons))
        return written

    def _set(self, item_id: str | None, course_id: str, wanted: str, request: gr.Request, state: ItemState) -> Updates:
        who = person(request)
        if item_id:
            self.house.questions.set_state(who, item_id, state)
        else:
            tell(say(who.language, "choose_first"))
        return self.show(course_id, wanted, request)

    def _list(self, who: Person, course_id: str, wanted: str | None) -> gr.Radio:
        asked = (wanted or "").lower()
        bank = [stored for stored in self.house.questions.bank(who, course_id) if asked in stored.item.prompt.lower()]
        bank.sort(
            key=lambda stored: list(ItemState).index(stored.state) if stored.state is not ItemState.PINNED else -1
        )
        info = None if bank else say(who.language, "question_none")
        if len(bank) > SHOWN:
            info = say(who.language, "question_more", count=len(bank) - SHOWN)
        return gr.Radio(choices=[(_line(s, who.language), s.item.id) for s in bank[:SHOWN]], value=None, info=info)

    def _blank(self) -> Updates:
        return gr.Column(visible=False), "", "", gr.Textbox(value=""), 0.5, ""


def _line(stored: StoredItem, language: str) -> str:
    state = {ItemState.PINNED: "question_pinned", ItemState.BANNED: "question_banned"}.get(stored.state)
    kind, prompt = say(language, f"kind_{stored.item.kind.value}"), chat_view.plain(stored.item.prompt, 140)
    line = prompt if prompt.startswith(kind) else say(language, "question_line", kind=kind, prompt=prompt)
    return (say(language, state) if state else "") + line


def build(house: House, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Put the tab where we are; it is filled when it is opened."""
    asking = Asking(house)
    levels = gr.Radio(
        label=text("help_level"),
        choices=[(text(f"help_{level.value}"), level.value) for level in HelpLevel],
        elem_id="tutor-help-level",
    )
    gr.Markdown(text("questions_what"))
    wanted = gr.Textbox(label=text("question_filter"), max_length=200, elem_id="tutor-question-search")
    items = gr.Radio(label=text("question_list"), choices=[], elem_id="tutor-questions")
    with gr.Row(elem_classes="tutor-buttons"):
        pin = gr.Button(text("question_pin"), size="sm", elem_id="tutor-question-pin")
        ban = gr.Button(text("question_ban"), size="sm", elem_id="tutor-question-ban")
        release = gr.Button(text("question_plain"), size="sm")
    with gr.Column(visible=False, elem_id="tutor-question-form") as form:
        passage = gr.Markdown()
        prompt = gr.Textbox(label=text("question_prompt"), lines=2, max_length=2_000)
        keys = gr.Textbox(label=text("question_keys"), lines=2, max_length=4_000, elem_id="tutor-question-keys")
        options = gr.Textbox(label=text("question_options"), lines=3, max_length=4_000)
        difficulty = gr.Slider(0, 1, 0.5, step=0.05, label=text("question_difficulty"))
        save = gr.Button(text("question_save"), variant="primary", size="sm", elem_id="tutor-question-save")
    shown = [levels, items, form, prompt, keys, options, difficulty, passage]
    gr.on([tab.select, course.change, wanted.submit], handler(asking.show), [course, wanted], shown, **QUIET)
    levels.input(handler(asking.set_help), [levels, course], None, **QUIET)
    items.input(handler(asking.open), [items, course], shown[2:], **QUIET)
    for button, act in ((pin, asking.pin), (ban, asking.ban), (release, asking.release)):
        button.click(handler(act), [items, course, wanted], shown, **QUIET)
    save.click(handler(asking.save), [items, prompt, keys, options, difficulty, course, wanted], shown, **QUIET)
    _adding(asking, course, shown)
    _exchange(asking, course, shown)


def _adding(asking: Asking, course: gr.Dropdown, shown: list[Any]) -> None:
    with gr.Accordion(text("question_new"), open=False, elem_id="tutor-question-new"):
        kind = gr.Dropdown(
            label=text("question_kind"), choices=[(text(f"kind_{k.value}"), k.value) for k in WRITTEN], value="choice"
        )
        prompt = gr.Textbox(label=text("question_prompt"), lines=2, elem_id="tutor-question-new-prompt")
        keys = gr.Textbox(label=text("question_keys"), lines=2, elem_id="tutor-question-new-keys")
        options = gr.Textbox(label=text("question_options"), lines=3, elem_id="tutor-question-new-options")
        add = gr.Button(text("question_add"), size="sm", elem_id="tutor-question-add")
    add.click(handler(asking.add), [kind, prompt, keys, options, course], [prompt, keys, options, *shown], **QUIET)


def _exchange(asking: Asking, course: gr.Dropdown, shown: list[Any]) -> None:
    with gr.Accordion(text("question_exchange"), open=False, elem_id="tutor-question-exchange"):
        given = gr.Textbox(label=text("question_text"), lines=6, max_lines=16, buttons=["copy"], elem_id="tutor-gift")
        with gr.Row():
            take = gr.Button(text("question_import"), size="sm", elem_id="tutor-question-import")
            gift = gr.Button(text("question_gift"), size="sm", elem_id="tutor-question-gift")
            qti = gr.Button(text("question_qti"), size="sm")
    take.click(handler(asking.take_in), [given, course], shown, **QUIET)
    gift.click(handler(asking.gift), course, given, **QUIET)
    qti.click(handler(asking.qti), course, given, **QUIET)
