"""The quiet line that offers the next hint of an open exercise, once, with a button that asks for it.

The server says when to offer; the page waits, and each key or click of the learner starts the wait again. No model.
"""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from tutor.domain import TurnStatus
from tutor.locales import t
from tutor.pedagogy.hint_offers import HintOffer, choose_offer
from tutor.services import Services
from tutor.ui.error_boundary import current_person

# The line is shown when its time has come, unless this exercise had its offer; a click on its button asks for the hint.
OFFER_JS = """
const key = 'tutor-offered';
const offered = () => { try { return JSON.parse(sessionStorage.getItem(key)) ?? []; } catch { return []; } };
const remember = (one) => {
  try { sessionStorage.setItem(key, JSON.stringify([...offered(), one].slice(-50))); } catch { /* may be forbidden */ }
};
const waiting = () => element.querySelector('.t-offer[hidden]');
let timer;
const hide = () => { const line = element.querySelector('.t-offer'); if (line) line.hidden = true; };
const arm = () => {
  clearTimeout(timer);
  const line = waiting();
  if (!line || offered().includes(line.dataset.key)) return;
  timer = setTimeout(() => { line.hidden = false; remember(line.dataset.key); }, 1000 * line.dataset.after);
};
// Gradio changes what differs in place: another time to wait is a changed attribute.
const changes = { childList: true, subtree: true, attributes: true, attributeFilter: ['data-key', 'data-after'] };
new MutationObserver(arm).observe(element, changes);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && event.target.closest?.('#tutor-box')) hide();
}, true);
document.addEventListener('click', (event) => {
  if (event.target.closest?.('#tutor-quick-actions button, #tutor-box button')) hide();
}, true);
for (const sign of ['keydown', 'pointerdown', 'input']) document.addEventListener(sign, () => waiting() && arm(), true);
element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  hide();
  if (button.dataset.take) trigger('click', {});
  document.querySelector('#tutor-box textarea')?.focus();
});
arm();
"""


@dataclass(frozen=True, slots=True)
class HintOfferHandlers:
    """The handlers; access is checked for the person of the request."""

    services: Services

    def show(self, conversation_id: str | None, course_id: str | None, request: gr.Request) -> str:
        """Return the line that waits for its time; "" where there is nothing to offer, or the course offers nothing."""
        actor = current_person(request)
        if not conversation_id or not course_id:
            return ""
        turns = self.services.conversations.list_turns(actor, conversation_id)
        if not self.services.courses.authorize(actor, course_id).offers_hints:
            return ""
        offer = choose_offer([one.guidance for one in turns if one.guidance and one.status is TurnStatus.COMPLETE])
        return render_offer(offer, actor.language) if offer else ""


def render_offer(offer: HintOffer, language: str) -> str:
    """Return the line as HTML, hidden until its time has come."""
    sentence = t(language, "offer_after_silence" if offer.after_s else "offer_after_tries")
    return (
        f'<div class="t-offer" data-key="{offer.key}" data-after="{offer.after_s}" hidden><p>{sentence}</p>'
        f'<button type="button" class="t-button" data-take="1">{t(language, "offer_take")}</button>'
        f'<button type="button" class="t-quiet">{t(language, "offer_decline")}</button></div>'
    )


def build() -> gr.HTML:
    """Add the place of the line to the page."""
    return gr.HTML(elem_id="tutor-hint-offer", padding=False, js_on_load=OFFER_JS)
