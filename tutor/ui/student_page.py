"""The student's page: its components, and which handler each event calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.services import Services
from tutor.ui import (
    chat_view,
    hint_offer,
    my_tutor,
    page_scripts,
    photo_input,
    practice_tab,
    progress_tab,
    quick_actions,
)
from tutor.ui.conversation_handlers import ConversationHandlers
from tutor.ui.error_boundary import EVENT_OPTIONS, READ_EVENT_OPTIONS, handle_errors
from tutor.ui.feedback_handlers import FeedbackHandlers
from tutor.ui.gradio_i18n import i18n
from tutor.ui.markdown_segments import LATEX_DELIMITERS
from tutor.ui.pictures import picture
from tutor.ui.question_handlers import QuestionHandlers


@dataclass(frozen=True, slots=True)
class SidebarComponents:
    """The components of the sidebar."""

    sidebar: gr.Sidebar
    course: gr.Dropdown
    new_chat: gr.Button
    conversations: gr.Radio
    rename: gr.Button
    delete: gr.Button
    undo: gr.Button
    deleted_id: gr.Textbox
    rename_form: gr.Group
    new_title: gr.Textbox
    save_title: gr.Button
    signed_in_as: gr.Markdown
    account: gr.HTML


@dataclass(frozen=True, slots=True)
class CorrectionPanel:
    """The components of the panel for a better answer."""

    group: gr.Group
    about: gr.Markdown
    text: gr.Textbox
    consent: gr.Checkbox
    save: gr.Button
    cancel: gr.Button
    turn_id: gr.Textbox

    @property
    def outputs(self) -> list[Any]:
        return [self.group, self.about, self.text, self.turn_id]


def build(services: Services, page: gr.Blocks) -> None:
    """Add the student's page to `page`."""
    side = _build_sidebar()
    with gr.Row(elem_id="tutor-head"):
        gr.HTML(picture("book"), elem_id="tutor-logo", padding=False)
        gr.Markdown(i18n("title"), elem_id="tutor-title")
        model = gr.Markdown(elem_id="tutor-model")
        model_timer = gr.Timer(2.0, active=False)
    with gr.Tabs(elem_id="tutor-tabs", overflow_behavior="wrap") as tabs:
        with gr.Tab(i18n("chat"), id="chat") as chat_tab, gr.Column(elem_id="tutor-chat-column"):
            greeting = gr.HTML(elem_id="tutor-greeting", padding=False)
            chat = _build_chat(services)
            panel, correct = _build_correction_panel()
            offer = hint_offer.build()
            with gr.Row(elem_id="tutor-chat-tools"):
                buttons = quick_actions.build_buttons()
                photo_input.build_buttons("chat", "#tutor-box textarea")
            box = _build_question_box()
            gr.Markdown(i18n("ai_notice"), elem_id="tutor-notice")
        with gr.Tab(i18n("practice"), id="practice", elem_id="tutor-practice-tab") as practice_panel:
            practice_tab.build(services, practice_panel, side.course)
        with gr.Tab(i18n("progress"), id="progress", elem_id="tutor-progress-tab") as progress_panel:
            progress_tab.build(services, progress_panel, side.course, tabs, practice_tab.make_quiz_starter(services))
        with gr.Tab(i18n("my_tutor"), id="mine") as tab:
            my_tutor.build(services, tab, side.course)
    page_outputs = [side.course, side.conversations, chat, model, model_timer, side.signed_in_as, side.account]
    page_outputs.append(greeting)
    conversations = ConversationHandlers(services)
    place = [side.course, side.conversations]
    page.load(
        handle_errors(conversations.load_page),
        place,
        page_outputs,
        js=page_scripts.RECALL_PLACE_JS,
        **READ_EVENT_OPTIONS,
    ).then(None, None, None, js=page_scripts.OPEN_TAB_JS, **EVENT_OPTIONS)
    gr.on(
        [side.course.change, side.conversations.change],
        None,
        place,
        None,
        js=page_scripts.REMEMBER_PLACE_JS,
        **EVENT_OPTIONS,
    )
    gr.on(
        [chat_tab.select, side.course.input, side.new_chat.click],
        handle_errors(conversations.show_greeting),
        side.course,
        greeting,
        **READ_EVENT_OPTIONS,
    )
    page.load(
        None, None, side.sidebar, js="() => ({open: window.innerWidth > 900, __type__: 'update'})", **EVENT_OPTIONS
    )
    model_timer.tick(
        handle_errors(conversations.refresh_model_status), None, [model, model_timer], **READ_EVENT_OPTIONS
    )
    _wire_conversations(conversations, side, chat)
    questions = QuestionHandlers(services)
    answers = _wire_questions(questions, side, chat, box, [*buttons, offer], services.settings.queue_size)
    _wire_offer(hint_offer.HintOfferHandlers(services), side, offer, answers)
    _wire_feedback(FeedbackHandlers(services), side, chat, panel, correct)


def _build_sidebar() -> SidebarComponents:
    with gr.Sidebar(open=False, width=300, elem_id="tutor-sidebar") as sidebar:
        course = gr.Dropdown(label=i18n("course"), choices=[], elem_id="tutor-course")
        new_chat = gr.Button(i18n("new_chat"), variant="primary", elem_id="tutor-new")
        conversations = gr.Radio(label=i18n("conversations"), choices=[], elem_id="tutor-conversations")
        with gr.Row():
            rename = gr.Button(i18n("rename"), size="sm", min_width=60, elem_id="tutor-rename")
            delete = gr.Button(i18n("delete"), size="sm", min_width=60, elem_id="tutor-delete")
        undo = gr.Button(i18n("undo"), size="sm", visible=False, elem_id="tutor-undo")
        deleted_id = gr.Textbox(visible=False)
        with gr.Group(visible=False) as rename_form:
            title = gr.Textbox(label=i18n("rename_to"), max_length=80, elem_id="tutor-new-name")
            save = gr.Button(i18n("save"), size="sm")
        signed_in_as = gr.Markdown(elem_id="tutor-who")
        account = gr.HTML()
    return SidebarComponents(
        sidebar,
        course,
        new_chat,
        conversations,
        rename,
        delete,
        undo,
        deleted_id,
        rename_form,
        title,
        save,
        signed_in_as,
        account,
    )


def _build_chat(services: Services) -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="tutor-chat",
        show_label=False,
        height="100%",
        layout="panel",
        editable="user",
        buttons=["copy"],
        feedback_options=chat_view.feedback_options(services.settings.language),
        group_consecutive_messages=False,
        sanitize_html=True,
        allow_tags=False,
        allow_file_downloads=False,
        latex_delimiters=LATEX_DELIMITERS,
    )


def _build_correction_panel() -> tuple[CorrectionPanel, gr.Button]:
    with gr.Row(elem_id="tutor-below-chat"):
        correct = gr.Button(i18n("correction"), size="sm", elem_id="tutor-correct")
    with gr.Group(visible=False, elem_id="tutor-correction-panel") as group:
        about = gr.Markdown()
        answer = gr.Textbox(label=i18n("correction_label"), info=i18n("correction_hint"), lines=4, max_lines=12)
        consent = gr.Checkbox(label=i18n("consent"), value=False)
        with gr.Row():
            save = gr.Button(i18n("save"), variant="primary", size="sm")
            cancel = gr.Button(i18n("cancel"), size="sm")
    return CorrectionPanel(group, about, answer, consent, save, cancel, gr.Textbox(visible=False)), correct


def _build_question_box() -> gr.Textbox:
    return gr.Textbox(
        placeholder=i18n("ask"),
        label=i18n("ask"),
        show_label=False,
        info=None,
        lines=1,
        max_lines=8,
        submit_btn=True,
        stop_btn=False,
        autofocus=True,
        elem_id="tutor-box",
    )


def _wire_conversations(handlers: ConversationHandlers, side: SidebarComponents, chat: gr.Chatbot) -> None:
    shown = [side.conversations, chat]
    side.course.input(handle_errors(handlers.change_course), side.course, shown, **EVENT_OPTIONS)
    side.conversations.input(
        handle_errors(handlers.open_conversation), [side.conversations, side.course], chat, **EVENT_OPTIONS
    )
    side.new_chat.click(handle_errors(handlers.new_conversation), side.course, shown, **EVENT_OPTIONS)
    side.rename.click(
        handle_errors(handlers.open_rename_form),
        side.conversations,
        [side.rename_form, side.new_title],
        **EVENT_OPTIONS,
    )
    gr.on(
        [side.save_title.click, side.new_title.submit],
        handle_errors(handlers.rename),
        [side.conversations, side.new_title, side.course],
        [side.conversations, side.rename_form],
        **EVENT_OPTIONS,
    )
    gr.on(
        [side.delete.click, chat.clear],
        handle_errors(handlers.delete),
        [side.conversations, side.course],
        [*shown, side.undo, side.deleted_id],
        **EVENT_OPTIONS,
    )
    side.undo.click(
        handle_errors(handlers.undo_delete),
        [side.deleted_id, side.course],
        [*shown, side.undo, side.deleted_id],
        **EVENT_OPTIONS,
    )


def _wire_questions(
    handlers: QuestionHandlers,
    side: SidebarComponents,
    chat: gr.Chatbot,
    box: gr.Textbox,
    buttons: list[Any],
    concurrency_limit: int,
) -> list[Any]:
    """Wire everything that asks; return the events that answer."""
    outputs, inputs = [chat, side.conversations, box], [side.conversations, side.course]
    event_options: dict[str, Any] = {
        **EVENT_OPTIONS,
        "concurrency_limit": concurrency_limit,
        "concurrency_id": "answers",
    }
    answers = [
        box.submit(handle_errors(handlers.ask), [box, *inputs], outputs, **event_options),
        chat.example_select(handle_errors(handlers.ask_example), side.course, outputs, **event_options),
        chat.retry(handle_errors(handlers.retry), inputs, outputs, **event_options),
        chat.edit(handle_errors(handlers.edit), inputs, outputs, **event_options),
        *quick_actions.wire_events(buttons, handlers, inputs, outputs, **event_options),
    ]
    box.stop(None, None, None, cancels=answers, **EVENT_OPTIONS).then(
        handle_errors(handlers.show_stopped), inputs, outputs, **EVENT_OPTIONS
    )
    return answers


def _wire_offer(
    handlers: hint_offer.HintOfferHandlers, side: SidebarComponents, offer: gr.HTML, answers: list[Any]
) -> None:
    """Look for something to offer after each answer, and where another conversation is opened."""
    show, inputs = handle_errors(handlers.show), [side.conversations, side.course]
    side.conversations.change(show, inputs, offer, **READ_EVENT_OPTIONS)
    for answer in answers:
        answer.then(show, inputs, offer, **READ_EVENT_OPTIONS)


def _wire_feedback(
    handlers: FeedbackHandlers, side: SidebarComponents, chat: gr.Chatbot, panel: CorrectionPanel, better: gr.Button
) -> None:
    chat.like(handle_errors(handlers.rate), side.conversations, panel.outputs, **EVENT_OPTIONS)
    better.click(handle_errors(handlers.open_correction_panel), side.conversations, panel.outputs, **EVENT_OPTIONS)
    panel.save.click(
        handle_errors(handlers.save_correction),
        [panel.turn_id, panel.text, panel.consent],
        panel.outputs,
        **EVENT_OPTIONS,
    )
    panel.cancel.click(handle_errors(handlers.cancel_correction), None, panel.outputs, **EVENT_OPTIONS)
