"""The routes behind a citation: the place that it names, as a page or as a part of one, and the picture of a page.

The picture and the marked words are shown to the learner whose turn cites them; others who may study the course see
the passage's text.
"""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from knowledge.documents import Document, Passage
from knowledge.errors import DocumentNotFound
from knowledge.page_render import PageImage
from tutor.chat.citation_viewer import SourceView, SourceViewUnavailable
from tutor.domain import Citation, Person
from tutor.errors import NotAllowed, NotFound
from tutor.locales import t
from tutor.services import Services
from tutor.ui import citation_html, static_pages
from tutor.ui.error_boundary import PERSON_KEY, browser_language

PAGE_IMAGE = "page.png"


def build_routes(services: Services) -> list[Route]:
    """Return the routes below /passage."""

    def show_citation(request: Request) -> Response:
        actor: Person | None = request.scope[PERSON_KEY]
        if actor is None:
            language = browser_language(request)
            return HTMLResponse(
                static_pages.render_message(language, t(language, "not_signed_in")), int(HTTPStatus.UNAUTHORIZED)
            )
        citation = _find_citation(services, actor, request)
        try:
            document, passage = services.documents.passage(actor, request.path_params["passage_id"])
        except (NotFound, NotAllowed, DocumentNotFound):
            return _removed_response(actor, citation, request)
        sight, problem = _load_rendering(services, document, passage, citation)
        picture = f"{request.url.path}/{PAGE_IMAGE}?{request.url.query}" if isinstance(sight, PageImage) else ""
        shown = citation_html.CitedPlace(document, passage, citation.quote if citation else "", sight, picture, problem)
        return _html_response(
            actor, request, shown.title, citation_html.render_citation(actor.language, shown), HTTPStatus.OK
        )

    def page_image(request: Request) -> Response:
        actor: Person | None = request.scope[PERSON_KEY]
        citation = _find_citation(services, actor, request) if actor else None
        if actor is None or citation is None:
            return _not_found()
        try:
            document, passage = services.documents.passage(actor, request.path_params["passage_id"])
        except (NotFound, NotAllowed, DocumentNotFound):
            return _not_found()
        sight, _ = _load_rendering(services, document, passage, citation)
        return Response(sight.png, media_type="image/png") if isinstance(sight, PageImage) else _not_found()

    return [Route("/passage/{passage_id}", show_citation), Route("/passage/{passage_id}/" + PAGE_IMAGE, page_image)]


def _find_citation(services: Services, actor: Person, request: Request) -> Citation | None:
    """Return the citation of this person's own turn that the address names, if it is of this passage."""
    query = request.query_params
    try:
        found = services.citation_viewer.get_citation(
            actor, query.get("in", ""), query.get("turn", ""), query.get("n", "")
        )
    except NotFound:
        return None
    return found if found.passage_id == request.path_params["passage_id"] else None


def _load_rendering(
    services: Services, document: Document, passage: Passage, citation: Citation | None
) -> tuple[SourceView | None, str]:
    """Return how the place looks to the owner of the citation, or why it cannot be shown."""
    if citation is None:
        return None, ""
    try:
        return services.citation_viewer.open_view(document, passage, citation.quote), ""
    except SourceViewUnavailable as reason:
        return None, str(reason)


def _removed_response(actor: Person, citation: Citation | None, request: Request) -> Response:
    """Answer for a passage that is no longer there; her own answer still tells what it quoted."""
    if citation is None:
        sentence = t(actor.language, "page_missing")
        return HTMLResponse(static_pages.render_message(actor.language, sentence), int(HTTPStatus.NOT_FOUND))
    body = citation_html.render_removed_citation(actor.language, citation)
    # The chat's dialog shows this as it shows the rest; a browser would write another status into its console.
    status = HTTPStatus.OK if "part" in request.query_params else HTTPStatus.GONE
    return _html_response(actor, request, citation.document, body, status)


def _html_response(actor: Person, request: Request, title: str, body: str, status: HTTPStatus) -> Response:
    """Return the part alone for the dialog of the chat, else a whole page."""
    whole = body if "part" in request.query_params else static_pages.render_page(actor.language, title, body, wide=True)
    return HTMLResponse(whole, int(status))


def _not_found() -> Response:
    return JSONResponse({"detail": "there is nothing here"}, int(HTTPStatus.NOT_FOUND))
