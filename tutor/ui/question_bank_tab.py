"""The instructor's questions tab: the level of help, the items of the course, import and export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.assessment.question_types.registry import authorable_types, question_type
from tutor.domain import HelpLevel, Person
from tutor.locales import t
from tutor.services import Services
from tutor.store.items import ItemState, StoredItem
from tutor.ui import text_format
from tutor.ui.error_boundary import (
    EVENT_OPTIONS,
    READ_EVENT_OPTIONS,
    Updates,
    current_person,
    error_message,
    handle_errors,
    show_info,
)
from tutor.ui.gradio_i18n import i18n

MAX_ITEMS = 60  # in the list; more are found by searching


@dataclass(frozen=True, slots=True)
class QuestionBankHandlers:
    """The handlers; the services check that the person teaches the course."""

    services: Services

    def show(self, course_id: str | None, search: str | None, request: gr.Request) -> Updates:
        """Return (help level, list, form, prompt, keys, options, difficulty, passage)."""
        actor = current_person(request)
        if course_id is None:
            return gr.skip(), gr.Radio(choices=[], value=None), *self._blank_form()
        course = self.services.courses.authorize(actor, course_id)
        return gr.Radio(value=course.help_level.value), self._render_list(actor, course_id, search), *self._blank_form()

    def set_help_level(self, level: str, course_id: str, request: gr.Request) -> None:
        actor = current_person(request)
        self.services.courses.set_help_level(actor, course_id, HelpLevel(level))
        show_info(t(actor.language, "help_saved"))

    def open_item(self, item_id: str | None, course_id: str, request: gr.Request) -> Updates:
        """Fill the form with the selected item."""
        actor = current_person(request)
        stored = next((s for s in self.services.item_bank.all_items(actor, course_id) if s.item.id == item_id), None)
        if stored is None:
            return self._blank_form()
        item = stored.item
        quote = (
            t(actor.language, "question_passage", quote=text_format.escape_inline(item.source.quote[:400]))
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

    def save_item(
        self,
        item_id: str,
        prompt: str,
        keys: str,
        options: str,
        difficulty: float,
        course_id: str,
        search: str,
        request: gr.Request,
    ) -> Updates:
        actor = current_person(request)
        self.services.item_bank.edit_item(
            actor, item_id, prompt, keys.splitlines(), (options or "").splitlines(), difficulty
        )
        show_info(t(actor.language, "question_saved"))
        return self.show(course_id, search, request)

    def pin_item(self, item_id: str | None, course_id: str, search: str, request: gr.Request) -> Updates:
        return self._set_state(item_id, course_id, search, request, ItemState.PINNED)

    def ban_item(self, item_id: str | None, course_id: str, search: str, request: gr.Request) -> Updates:
        return self._set_state(item_id, course_id, search, request, ItemState.BANNED)

    def reset_item(self, item_id: str | None, course_id: str, search: str, request: gr.Request) -> Updates:
        return self._set_state(item_id, course_id, search, request, ItemState.READY)

    def add_item(self, kind: str, prompt: str, keys: str, options: str, course_id: str, request: gr.Request) -> Updates:
        """Add an item and empty the form."""
        actor = current_person(request)
        chosen = (options or "").splitlines()
        self.services.item_bank.add_item(
            actor, course_id, question_type(kind).kind, prompt or "", (keys or "").splitlines(), chosen
        )
        show_info(t(actor.language, "question_added"))
        return "", "", "", *self.show(course_id, "", request)

    def import_items(self, text: str, course_id: str, request: gr.Request) -> Updates:
        actor = current_person(request)
        count, refused = self.services.item_bank.import_items(actor, course_id, text or "")
        reasons = "; ".join(error_message(refusal, actor.language) for refusal in refused[:3])
        left = t(actor.language, "question_refused", count=len(refused), reasons=reasons) if refused else ""
        show_info(t(actor.language, "question_imported", count=count, refused=left))
        return self.show(course_id, "", request)

    def export_gift(self, course_id: str, request: gr.Request) -> str:
        return self._export(course_id, request, "gift")

    def export_moodle(self, course_id: str, request: gr.Request) -> str:
        return self._export(course_id, request, "moodle")

    def export_qti(self, course_id: str, request: gr.Request) -> str:
        return self._export(course_id, request, "qti")

    def _export(self, course_id: str, request: gr.Request, file_format: str) -> str:
        actor = current_person(request)
        text, left_out = self.services.item_bank.export_items(actor, course_id, file_format)
        if left_out:
            reasons = "; ".join(error_message(refusal, actor.language) for refusal in left_out[:2])
            show_info(t(actor.language, "question_left_out", count=len(left_out), reasons=reasons))
        return text

    def _set_state(
        self, item_id: str | None, course_id: str, search: str, request: gr.Request, state: ItemState
    ) -> Updates:
        actor = current_person(request)
        if item_id:
            self.services.item_bank.set_state(actor, item_id, state)
        else:
            show_info(t(actor.language, "choose_first"))
        return self.show(course_id, search, request)

    def _render_list(self, actor: Person, course_id: str, search: str | None) -> gr.Radio:
        search_text = (search or "").lower()
        bank = [
            stored
            for stored in self.services.item_bank.all_items(actor, course_id)
            if search_text in stored.item.prompt.lower()
        ]
        bank.sort(
            key=lambda stored: list(ItemState).index(stored.state) if stored.state is not ItemState.PINNED else -1
        )
        info = None if bank else t(actor.language, "question_none")
        if len(bank) > MAX_ITEMS:
            info = t(actor.language, "question_more", count=len(bank) - MAX_ITEMS)
        return gr.Radio(
            choices=[(_format_item(s, actor.language), s.item.id) for s in bank[:MAX_ITEMS]], value=None, info=info
        )

    def _blank_form(self) -> Updates:
        return gr.Column(visible=False), "", "", gr.Textbox(value=""), 0.5, ""


def _format_item(stored: StoredItem, language: str) -> str:
    state = {ItemState.PINNED: "question_pinned", ItemState.BANNED: "question_banned"}.get(stored.state)
    kind, prompt = (
        t(language, question_type(stored.item.kind).label),
        text_format.to_plain_line(stored.item.prompt, 140),
    )
    line = prompt if prompt.startswith(kind) else t(language, "question_line", kind=kind, prompt=prompt)
    return (t(language, state) if state else "") + line


def build(services: Services, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Add the tab's content; it is filled when the tab is opened."""
    handlers = QuestionBankHandlers(services)
    levels = gr.Radio(
        label=i18n("help_level"),
        choices=[(i18n(f"help_{level.value}"), level.value) for level in HelpLevel],
        elem_id="tutor-help-level",
    )
    gr.Markdown(i18n("questions_what"))
    search = gr.Textbox(label=i18n("question_filter"), max_length=200, elem_id="tutor-question-search")
    items = gr.Radio(label=i18n("question_list"), choices=[], elem_id="tutor-questions")
    with gr.Row(elem_classes="tutor-buttons"):
        pin = gr.Button(i18n("question_pin"), size="sm", elem_id="tutor-question-pin")
        ban = gr.Button(i18n("question_ban"), size="sm", elem_id="tutor-question-ban")
        release = gr.Button(i18n("question_plain"), size="sm")
    with gr.Column(visible=False, elem_id="tutor-question-form") as form:
        passage = gr.Markdown()
        prompt = gr.Textbox(label=i18n("question_prompt"), lines=2, max_length=2_000)
        keys = gr.Textbox(label=i18n("question_keys"), lines=2, max_length=4_000, elem_id="tutor-question-keys")
        options = gr.Textbox(label=i18n("question_options"), lines=3, max_length=4_000)
        difficulty = gr.Slider(0, 1, 0.5, step=0.05, label=i18n("question_difficulty"))
        save = gr.Button(i18n("question_save"), variant="primary", size="sm", elem_id="tutor-question-save")
    shown = [levels, items, form, prompt, keys, options, difficulty, passage]
    gr.on(
        [tab.select, course.change, search.submit],
        handle_errors(handlers.show),
        [course, search],
        shown,
        **READ_EVENT_OPTIONS,
    )
    levels.input(handle_errors(handlers.set_help_level), [levels, course], None, **EVENT_OPTIONS)
    items.input(handle_errors(handlers.open_item), [items, course], shown[2:], **EVENT_OPTIONS)
    for button, act in ((pin, handlers.pin_item), (ban, handlers.ban_item), (release, handlers.reset_item)):
        button.click(handle_errors(act), [items, course, search], shown, **EVENT_OPTIONS)
    save.click(
        handle_errors(handlers.save_item),
        [items, prompt, keys, options, difficulty, course, search],
        shown,
        **EVENT_OPTIONS,
    )
    _build_item_form(handlers, course, shown)
    _build_import_export(handlers, course, shown)


def _build_item_form(handlers: QuestionBankHandlers, course: gr.Dropdown, shown: list[Any]) -> None:
    with gr.Accordion(i18n("question_new"), open=False, elem_id="tutor-question-new"):
        kind = gr.Dropdown(
            label=i18n("question_kind"),
            choices=[(i18n(each.label), each.kind.value) for each in authorable_types()],
            value="choice",
        )
        prompt = gr.Textbox(label=i18n("question_prompt"), lines=2, elem_id="tutor-question-new-prompt")
        keys = gr.Textbox(label=i18n("question_keys"), lines=2, elem_id="tutor-question-new-keys")
        options = gr.Textbox(label=i18n("question_options"), lines=3, elem_id="tutor-question-new-options")
        add = gr.Button(i18n("question_add"), size="sm", elem_id="tutor-question-add")
    add.click(
        handle_errors(handlers.add_item),
        [kind, prompt, keys, options, course],
        [prompt, keys, options, *shown],
        **EVENT_OPTIONS,
    )


def _build_import_export(handlers: QuestionBankHandlers, course: gr.Dropdown, shown: list[Any]) -> None:
    with gr.Accordion(i18n("question_exchange"), open=False, elem_id="tutor-question-exchange"):
        exchange_text = gr.Textbox(
            label=i18n("question_text"), lines=6, max_lines=16, buttons=["copy"], elem_id="tutor-item-exchange-text"
        )
        with gr.Row():
            import_button = gr.Button(i18n("question_import"), size="sm", elem_id="tutor-question-import")
            gift = gr.Button(i18n("question_gift"), size="sm", elem_id="tutor-question-gift")
            moodle = gr.Button(i18n("question_moodle"), size="sm")
            qti = gr.Button(i18n("question_qti"), size="sm")
    import_button.click(handle_errors(handlers.import_items), [exchange_text, course], shown, **EVENT_OPTIONS)
    gift.click(handle_errors(handlers.export_gift), course, exchange_text, **EVENT_OPTIONS)
    moodle.click(handle_errors(handlers.export_moodle), course, exchange_text, **EVENT_OPTIONS)
    qti.click(handle_errors(handlers.export_qti), course, exchange_text, **EVENT_OPTIONS)
