"""The route of how an answer came about, as a page or as a fragment for the chat's dialog; only for its learner."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from knowledge.errors import DocumentNotFound
from tutor.domain import Person, Turn
from tutor.errors import NotAllowed, NotFound
from tutor.locales import t
from tutor.services import Services
from tutor.ui import provenance_html, static_pages
from tutor.ui.chat_view import ANSWER_PATH
from tutor.ui.error_boundary import PERSON_KEY, browser_language, error_message


def build_routes(services: Services) -> list[Route]:
    """Return the route below /answer."""

    def show_provenance(request: Request) -> Response:
        actor: Person | None = request.scope[PERSON_KEY]
        if actor is None:
            language = browser_language(request)
            sentence = t(language, "not_signed_in")
            return HTMLResponse(static_pages.render_message(language, sentence), int(HTTPStatus.UNAUTHORIZED))
        try:
            turn = services.conversations.get_turn(
                actor, request.query_params.get("in", ""), request.path_params["turn_id"]
            )
        except NotFound as error:
            sentence = error_message(error, actor.language)
            return HTMLResponse(static_pages.render_message(actor.language, sentence), int(HTTPStatus.NOT_FOUND))
        body = provenance_html.render_provenance(turn, actor.language, _kept_passages(services, actor, turn))
        if "part" in request.query_params:
            return HTMLResponse(body)
        return HTMLResponse(static_pages.render_page(actor.language, t(actor.language, "came_about"), body, wide=True))

    return [Route(ANSWER_PATH + "/{turn_id}", show_provenance)]


def _kept_passages(services: Services, actor: Person, turn: Turn) -> set[str]:
    """Return the ids of the passages read that the learner can still open."""
    kept = set()
    for passage in turn.read:
        try:
            services.documents.passage(actor, passage.passage_id)
        except (NotFound, NotAllowed, DocumentNotFound):
            continue
        kept.add(passage.passage_id)
    return kept
