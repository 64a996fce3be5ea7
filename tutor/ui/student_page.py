"""The student's page: which components stand where, and which handler each event calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.services import House
from tutor.ui import chat_view, my_tutor, photo_input, practice_tab, progress_tab, quick_actions
from tutor.ui.conversation_handlers import Threads
from tutor.ui.error_boundary import QUIET, handler
from tutor.ui.feedback_handlers import Rating
from tutor.ui.gradio_i18n import text
from tutor.ui.question_handlers import Asking

LATEX = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "\\[", "right": "\\]", "display": True},
    {"left": "\\(", "right": "\\)", "display": False},
]


@dataclass(frozen=True, slots=True)
class Side:
    """The components of the sidebar."""

    bar: gr.Sidebar
    course: gr.Dropdown
    new: gr.Button
    threads: gr.Radio
    name: gr.Button
    delete: gr.Button
    undo: gr.Button
    deleted: gr.Textbox
    naming: gr.Group
    title: gr.Textbox
    save: gr.Button
    who: gr.Markdown
    account: gr.HTML


@dataclass(frozen=True, slots=True)
class Panel:
    """The components of the panel for a better answer."""

    group: gr.Group
    about: gr.Markdown
    text: gr.Textbox
    consent: gr.Checkbox
    save: gr.Button
    cancel: gr.Button
    turn: gr.Textbox

    @property
    def outputs(self) -> list[Any]:
        return [self.group, self.about, self.text, self.turn]


def build(house: House, page: gr.Blocks) -> None:
    """Put the student's page into `page`."""
    side = _side()
    with gr.Row(elem_id="tutor-head"):
        gr.Markdown(text("title"), elem_id="tutor-title")
        model = gr.Markdown(elem_id="tutor-model")
        ticking = gr.Timer(2.0, active=False)
    with gr.Tabs(elem_id="tutor-tabs") as tabs:
        with gr.Tab(text("chat"), id="chat"), gr.Column(elem_id="tutor-talk"):
            chat = _chat(house)
            panel, better = _panel()
            with gr.Row(elem_id="tutor-tools"):
                buttons = quick_actions.build()
                photo_input.buttons("chat", "#tutor-box textarea")
            box = _box(house)
            gr.Markdown(text("ai_notice"), elem_id="tutor-notice")
        with gr.Tab(text("practice"), id="practice", elem_id="tutor-practice-tab") as practising:
            practice_tab.build(house, practising, side.course)
        with gr.Tab(text("progress"), id="progress", elem_id="tutor-progress-tab") as known:
            progress_tab.build(house, known, side.course, tabs, practice_tab.starter(house))
        with gr.Tab(text("mine"), id="mine") as tab:
            my_tutor.build(house, tab, side.course)
    arriving = [side.course, side.threads, chat, model, ticking, side.who, side.account]
    threads = Threads(house)
    page.load(handler(threads.arrive), None, arriving, **QUIET)
    page.load(None, None, side.bar, js="() => ({open: window.innerWidth > 900, __type__: 'update'})", **QUIET)
    ticking.tick(handler(threads.model), None, [model, ticking], **QUIET)
    _wire_threads(threads, side, chat)
    _wire_asking(Asking(house), side, chat, box, buttons, house.settings.queue_size)
    _wire_rating(Rating(house), side, chat, panel, better)


def _side() -> Side:
    with gr.Sidebar(open=False, width=300, elem_id="tutor-side") as bar:
        course = gr.Dropdown(label=text("course"), choices=[], elem_id="tutor-course")
        new = gr.Button(text("new_chat"), variant="primary", elem_id="tutor-new")
        threads = gr.Radio(label=text("conversations"), choices=[], elem_id="tutor-threads")
        with gr.Row():
            name = gr.Button(text("rename"), size="sm", min_width=60, elem_id="tutor-rename")
            delete = gr.Button(text("delete"), size="sm", min_width=60, elem_id="tutor-delete")
        undo = gr.Button(text("undo"), size="sm", visible=False, elem_id="tutor-undo")
        deleted = gr.Textbox(visible=False)
        with gr.Group(visible=False) as naming:
            title = gr.Textbox(label=text("rename_to"), max_length=80, elem_id="tutor-new-name")
            save = gr.Button(text("save"), size="sm")
        who = gr.Markdown(elem_id="tutor-who")
        account = gr.HTML()
    return Side(bar, course, new, threads, name, delete, undo, deleted, naming, title, save, who, account)


def _chat(house: House) -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="tutor-chat",
        show_label=False,
        height="100%",
        layout="panel",
        editable="user",
        buttons=["copy"],
        feedback_options=chat_view.vote_options(house.settings.language),
        group_consecutive_messages=False,
        sanitize_html=True,
        allow_tags=False,
        allow_file_downloads=False,
        latex_delimiters=LATEX,
    )


def _panel() -> tuple[Panel, gr.Button]:
    with gr.Row(elem_id="tutor-under"):
        better = gr.Button(text("better"), size="sm", elem_id="tutor-better")
    with gr.Group(visible=False, elem_id="tutor-panel") as group:
        about = gr.Markdown()
        answer = gr.Textbox(label=text("better_label"), info=text("better_hint"), lines=4, max_lines=12)
        consent = gr.Checkbox(label=text("consent"), value=False)
        with gr.Row():
            save = gr.Button(text("save"), variant="primary", size="sm")
            cancel = gr.Button(text("cancel"), size="sm")
    return Panel(group, about, answer, consent, save, cancel, gr.Textbox(visible=False)), better


def _box(house: House) -> gr.Textbox:
    return gr.Textbox(
        placeholder=text("ask"),
        label=text("ask"),
        show_label=False,
        info=None,
        lines=1,
        max_lines=8,
        submit_btn=True,
        stop_btn=False,
        autofocus=True,
        elem_id="tutor-box",
    )


def _wire_threads(threads: Threads, side: Side, chat: gr.Chatbot) -> None:
    shown = [side.threads, chat]
    side.course.input(handler(threads.enter), side.course, shown, **QUIET)
    side.threads.input(handler(threads.open), [side.threads, side.course], chat, **QUIET)
    side.new.click(handler(threads.begin), side.course, shown, **QUIET)
    side.name.click(handler(threads.name), [side.threads, side.course], [side.naming, side.title], **QUIET)
    gr.on(
        [side.save.click, side.title.submit],
        handler(threads.rename),
        [side.threads, side.title, side.course],
        [side.threads, side.naming],
        **QUIET,
    )
    gr.on(
        [side.delete.click, chat.clear],
        handler(threads.delete),
        [side.threads, side.course],
        [*shown, side.undo, side.deleted],
        **QUIET,
    )
    side.undo.click(handler(threads.undo), [side.deleted, side.course], [*shown, side.undo, side.deleted], **QUIET)


def _wire_asking(
    asking: Asking, side: Side, chat: gr.Chatbot, box: gr.Textbox, buttons: list[gr.Button], at_once: int
) -> None:
    outputs, where = [chat, side.threads, box], [side.threads, side.course]
    shared: dict[str, Any] = {**QUIET, "concurrency_limit": at_once, "concurrency_id": "answers"}
    answers = [
        box.submit(handler(asking.ask), [box, *where], outputs, **shared),
        chat.example_select(handler(asking.example), side.course, outputs, **shared),
        chat.retry(handler(asking.retry), where, outputs, **shared),
        chat.edit(handler(asking.edit), where, outputs, **shared),
        *quick_actions.wire(buttons, asking, where, outputs, **shared),
    ]
    box.stop(None, None, None, cancels=answers, **QUIET).then(handler(asking.stopped), where, outputs, **QUIET)


def _wire_rating(rating: Rating, side: Side, chat: gr.Chatbot, panel: Panel, better: gr.Button) -> None:
    chat.like(handler(rating.rate), side.threads, panel.outputs, **QUIET)
    better.click(handler(rating.better), side.threads, panel.outputs, **QUIET)
    panel.save.click(handler(rating.correct), [panel.turn, panel.text, panel.consent], panel.outputs, **QUIET)
    panel.cancel.click(handler(rating.put_away), None, panel.outputs, **QUIET)
