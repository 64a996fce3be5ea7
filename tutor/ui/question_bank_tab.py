"""The instructor's questions tab: the level of help, the items of the course, import and export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.assessment.question_types.registry import authorable_types, question_type
from tutor.domain import HelpLevel
from tutor.locales import t, translate_error
from tutor.services import Services
from tutor.store.items import ItemState
from tutor.ui import text_format
from tutor.ui.error_boundary import (
    EVENT_OPTIONS,
    READ_EVENT_OPTIONS,
    Updates,
    current_person,
    handle_errors,
    show_info,
)
from tutor.ui.gradio_i18n import i18n
from tutor.ui.question_list import MAX_ITEMS, QuestionListView, build_filters


@dataclass(frozen=True, slots=True)
class QuestionBankHandlers:
    """The handlers; the services check that the person teaches the course.

    `filters` are the values of the components of `question_list.build_filters`, in their order.
    """

    services: Services
    view: QuestionListView

    def open_tab(self, course_id: str | None, request: gr.Request, *filters: str | None) -> Updates:
        """Return (help level, whether hints are offered, documents and skills to filter by, list and form)."""
        actor = current_person(request)
        if course_id is None:
            return *(gr.skip() for _ in range(4)), gr.CheckboxGroup(choices=[], value=[]), *self._blank_form()
        course = self.services.courses.authorize(actor, course_id)
        words, kind, _, _, quality, state = filters
        shown = self.view.render(actor, course_id, (words, kind, "", "", quality, state))
        filters_shown = self.view.render_filters(actor, course_id)
        return gr.Radio(value=course.help_level.value), course.offers_hints, *filters_shown, shown, *self._blank_form()

    def show(self, course_id: str | None, request: gr.Request, *filters: str | None) -> Updates:
        """Return (list, form, prompt, keys, options, difficulty, passage)."""
        if course_id is None:
            return gr.CheckboxGroup(choices=[], value=[]), *self._blank_form()
        return self.view.render(current_person(request), course_id, filters), *self._blank_form()

    def set_help_level(self, level: str, course_id: str, request: gr.Request) -> None:
        actor = current_person(request)
        self.services.courses.set_help_level(actor, course_id, HelpLevel(level))
        show_info(t(actor.language, "help_saved"))

    def set_offers_hints(self, offers: bool, course_id: str, request: gr.Request) -> None:
        actor = current_person(request)
        self.services.courses.set_offers_hints(actor, course_id, offers=bool(offers))
        show_info(t(actor.language, "help_saved"))

    def open_item(self, item_ids: list[str] | None, course_id: str, request: gr.Request) -> Updates:
        """Fill the form with the selected item; with several selected it is hidden."""
        actor = current_person(request)
        bank = self.services.item_bank.all_items(actor, course_id)
        stored = next((s for s in bank if [s.item.id] == item_ids), None)
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

    def select_all(self, course_id: str, request: gr.Request, *filters: str | None) -> Updates:
        """Select every question of the list."""
        found = self.view.find(current_person(request), course_id, filters)[:MAX_ITEMS]
        return gr.CheckboxGroup(value=[one.stored.item.id for one in found]), *self._blank_form()

    def save_item(
        self,
        item_ids: list[str],
        prompt: str,
        keys: str,
        options: str,
        difficulty: float,
        course_id: str,
        request: gr.Request,
        *filters: str | None,
    ) -> Updates:
        actor = current_person(request)
        self.services.item_bank.edit_item(
            actor, item_ids[0], prompt, keys.splitlines(), (options or "").splitlines(), difficulty
        )
        show_info(t(actor.language, "question_saved"))
        return self.show(course_id, request, *filters)

    def pin_items(
        self, item_ids: list[str] | None, course_id: str, request: gr.Request, *filters: str | None
    ) -> Updates:
        return self._set_states(item_ids, course_id, request, filters, ItemState.PINNED)

    def ban_items(
        self, item_ids: list[str] | None, course_id: str, request: gr.Request, *filters: str | None
    ) -> Updates:
        return self._set_states(item_ids, course_id, request, filters, ItemState.BANNED)

    def reset_items(
        self, item_ids: list[str] | None, course_id: str, request: gr.Request, *filters: str | None
    ) -> Updates:
        return self._set_states(item_ids, course_id, request, filters, ItemState.READY)

    def add_item(
        self,
        kind: str,
        prompt: str,
        keys: str,
        options: str,
        course_id: str,
        request: gr.Request,
        *filters: str | None,
    ) -> Updates:
        """Add an item and empty the form."""
        actor = current_person(request)
        chosen = (options or "").splitlines()
        self.services.item_bank.add_item(
            actor, course_id, question_type(kind).kind, prompt or "", (keys or "").splitlines(), chosen
        )
        show_info(t(actor.language, "question_added"))
        return "", "", "", *self.show(course_id, request, *filters)

    def import_items(self, text: str, course_id: str, request: gr.Request, *filters: str | None) -> Updates:
        actor = current_person(request)
        count, refused = self.services.item_bank.import_items(actor, course_id, text or "")
        reasons = "; ".join(translate_error(refusal, actor.language) for refusal in refused[:3])
        left = t(actor.language, "question_refused", count=len(refused), reasons=reasons) if refused else ""
        show_info(t(actor.language, "question_imported", count=count, refused=left))
        return self.show(course_id, request, *filters)

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
            reasons = "; ".join(translate_error(refusal, actor.language) for refusal in left_out[:2])
            show_info(t(actor.language, "question_left_out", count=len(left_out), reasons=reasons))
        return text

    def _set_states(
        self,
        item_ids: list[str] | None,
        course_id: str,
        request: gr.Request,
        filters: Sequence[str | None],
        state: ItemState,
    ) -> Updates:
        actor = current_person(request)
        if item_ids:
            count = self.services.item_bank.set_states(actor, course_id, item_ids, state)
            show_info(t(actor.language, f"question_set_{state.value}", count=count))
        else:
            show_info(t(actor.language, "choose_first"))
        return self.show(course_id, request, *filters)

    def _blank_form(self) -> Updates:
        return gr.Column(visible=False), "", "", gr.Textbox(value=""), 0.5, ""


def build(services: Services, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Add the tab's content; it is filled when the tab is opened."""
    handlers = QuestionBankHandlers(services, QuestionListView(services))
    levels = gr.Radio(
        label=i18n("help_level"),
        choices=[(i18n(f"help_{level.value}"), level.value) for level in HelpLevel],
        elem_id="tutor-help-level",
    )
    offers = gr.Checkbox(label=i18n("hint_offers"), info=i18n("hint_offers_info"), elem_id="tutor-hint-offers")
    gr.Markdown(i18n("questions_what"))
    filters = build_filters()
    items = gr.CheckboxGroup(label=i18n("question_list"), choices=[], elem_id="tutor-questions")
    buttons = _build_buttons()
    form, fields, save = _build_edit_form()
    shown = [items, form, *fields]
    opened = [levels, offers, filters[2], filters[3], *shown]
    gr.on(
        [tab.select, course.change], handle_errors(handlers.open_tab), [course, *filters], opened, **READ_EVENT_OPTIONS
    )
    search, *dropdowns = filters
    triggers = [search.submit, *(each.input for each in dropdowns)]
    gr.on(triggers, handle_errors(handlers.show), [course, *filters], shown, **READ_EVENT_OPTIONS)
    levels.input(handle_errors(handlers.set_help_level), [levels, course], None, **EVENT_OPTIONS)
    offers.input(handle_errors(handlers.set_offers_hints), [offers, course], None, **EVENT_OPTIONS)
    items.input(handle_errors(handlers.open_item), [items, course], shown[1:], **EVENT_OPTIONS)
    select_all, *acting = buttons
    select_all.click(handle_errors(handlers.select_all), [course, *filters], shown, **READ_EVENT_OPTIONS)
    for button, act in zip(acting, (handlers.pin_items, handlers.ban_items, handlers.reset_items), strict=True):
        button.click(handle_errors(act), [items, course, *filters], shown, **EVENT_OPTIONS)
    edited = [items, *fields[:-1], course, *filters]
    save.click(handle_errors(handlers.save_item), edited, shown, **EVENT_OPTIONS)
    _build_item_form(handlers, [course, *filters], shown)
    _build_import_export(handlers, [course, *filters], shown)


def _build_buttons() -> list[gr.Button]:
    """Add what is done with the selected questions; return all, pin, ban and neither."""
    with gr.Row(elem_classes="tutor-buttons"):
        return [
            gr.Button(i18n(f"question_{name}"), size="sm", elem_id=f"tutor-question-{name}")
            for name in ("all", "pin", "ban", "plain")
        ]


def _build_edit_form() -> tuple[gr.Column, list[Any], gr.Button]:
    """Add the form of one question; return it, its prompt, keys, options, difficulty and passage, and the button."""
    with gr.Column(visible=False, elem_id="tutor-question-form") as form:
        passage = gr.Markdown()
        prompt = gr.Textbox(label=i18n("question_prompt"), lines=2, max_length=2_000)
        keys = gr.Textbox(label=i18n("question_keys"), lines=2, max_length=4_000, elem_id="tutor-question-keys")
        options = gr.Textbox(label=i18n("question_options"), lines=3, max_length=4_000)
        difficulty = gr.Slider(0, 1, 0.5, step=0.05, label=i18n("question_difficulty"))
        save = gr.Button(i18n("question_save"), variant="primary", size="sm", elem_id="tutor-question-save")
    return form, [prompt, keys, options, difficulty, passage], save


def _build_item_form(handlers: QuestionBankHandlers, listed: list[Any], shown: list[Any]) -> None:
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
        [kind, prompt, keys, options, *listed],
        [prompt, keys, options, *shown],
        **EVENT_OPTIONS,
    )


def _build_import_export(handlers: QuestionBankHandlers, listed: list[Any], shown: list[Any]) -> None:
    with gr.Accordion(i18n("question_exchange"), open=False, elem_id="tutor-question-exchange"):
        exchange_text = gr.Textbox(
            label=i18n("question_text"), lines=6, max_lines=16, buttons=["copy"], elem_id="tutor-item-exchange-text"
        )
        with gr.Row():
            import_button = gr.Button(i18n("question_import"), size="sm", elem_id="tutor-question-import")
            gift = gr.Button(i18n("question_gift"), size="sm", elem_id="tutor-question-gift")
            moodle = gr.Button(i18n("question_moodle"), size="sm")
            qti = gr.Button(i18n("question_qti"), size="sm")
    import_button.click(handle_errors(handlers.import_items), [exchange_text, *listed], shown, **EVENT_OPTIONS)
    gift.click(handle_errors(handlers.export_gift), listed[0], exchange_text, **EVENT_OPTIONS)
    moodle.click(handle_errors(handlers.export_moodle), listed[0], exchange_text, **EVENT_OPTIONS)
    qti.click(handle_errors(handlers.export_qti), listed[0], exchange_text, **EVENT_OPTIONS)
