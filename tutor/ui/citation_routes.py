"""The routes of a citation: the cited place, as a page or as a fragment for the dialog, and the image of a page.

The image and the highlighted quote are shown only to the learner whose turn cites them; others in the course see the
text of the passage.
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
        view, problem = _load_rendering(services, document, passage, citation)
        image_url = f"{request.url.path}/{PAGE_IMAGE}?{request.url.query}" if isinstance(view, PageImage) else ""
        place = citation_html.CitedPlace(
            document, passage, citation.quote if citation else "", view, image_url, problem
        )
        return _html_response(
            actor, request, place.title, citation_html.render_citation(actor.language, place), HTTPStatus.OK
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
        view, _ = _load_rendering(services, document, passage, citation)
        return Response(view.png, media_type="image/png") if isinstance(view, PageImage) else _not_found()

    return [Route("/passage/{passage_id}", show_citation), Route("/passage/{passage_id}/" + PAGE_IMAGE, page_image)]


def _find_citation(services: Services, actor: Person, request: Request) -> Citation | None:
    """Return the citation named by the URL if it is in this person's own turn and of this passage."""
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
    """Return the rendering of the place for the owner of the citation, or why there is none."""
    if citation is None:
        return None, ""
    try:
        return services.citation_viewer.open_view(document, passage, citation.quote), ""
    except SourceViewUnavailable as reason:
        return None, str(reason)


def _removed_response(actor: Person, citation: Citation | None, request: Request) -> Response:
    """Return the response for a removed passage; the owner of the citation still sees the quote."""
    if citation is None:
        sentence = t(actor.language, "page_missing")
        return HTMLResponse(static_pages.render_message(actor.language, sentence), int(HTTPStatus.NOT_FOUND))
    body = citation_html.render_removed_citation(actor.language, citation)
    # The chat's dialog shows this like any other place; a browser would log another status as an error.
    status = HTTPStatus.OK if "part" in request.query_params else HTTPStatus.GONE
    return _html_response(actor, request, citation.document, body, status)


def _html_response(actor: Person, request: Request, title: str, body: str, status: HTTPStatus) -> Response:
    """Return only the fragment for the chat's dialog, otherwise a whole page."""
    whole = body if "part" in request.query_params else static_pages.render_page(actor.language, title, body, wide=True)
    return HTMLResponse(whole, int(status))


def _not_found() -> Response:
    return JSONResponse({"detail": "there is nothing here"}, int(HTTPStatus.NOT_FOUND))
