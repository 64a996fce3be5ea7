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
from knowledge.page_render import Picture
from tutor.chat.citation_viewer import NotShown, Sight
from tutor.domain import Citation, Person
from tutor.errors import NotAllowed, NotFound
from tutor.services import House
from tutor.ui import citation_html, static_pages
from tutor.ui.error_boundary import PERSON, language_of
from tutor.ui.words import say

PICTURE = "page.png"


def routes(house: House) -> list[Route]:
    """Return the routes below /passage."""

    def place(request: Request) -> Response:
        who: Person | None = request.scope[PERSON]
        if who is None:
            language = language_of(request)
            return HTMLResponse(
                static_pages.message(language, say(language, "not_signed_in")), int(HTTPStatus.UNAUTHORIZED)
            )
        citation = _citation(house, who, request)
        try:
            document, passage = house.shelf.passage(who, request.path_params["passage_id"])
        except (NotFound, NotAllowed, DocumentNotFound):
            return _gone(who, citation, request)
        sight, problem = _sight(house, document, passage, citation)
        picture = f"{request.url.path}/{PICTURE}?{request.url.query}" if isinstance(sight, Picture) else ""
        shown = citation_html.Place(document, passage, citation.quote if citation else "", sight, picture, problem)
        return _page(who, request, shown.title, citation_html.part(who.language, shown), HTTPStatus.OK)

    def picture(request: Request) -> Response:
        who: Person | None = request.scope[PERSON]
        citation = _citation(house, who, request) if who else None
        if who is None or citation is None:
            return _nothing()
        try:
            document, passage = house.shelf.passage(who, request.path_params["passage_id"])
        except (NotFound, NotAllowed, DocumentNotFound):
            return _nothing()
        sight, _ = _sight(house, document, passage, citation)
        return Response(sight.png, media_type="image/png") if isinstance(sight, Picture) else _nothing()

    return [Route("/passage/{passage_id}", place), Route("/passage/{passage_id}/" + PICTURE, picture)]


def _citation(house: House, who: Person, request: Request) -> Citation | None:
    """Return the citation of this person's own turn that the address names, if it is of this passage."""
    query = request.query_params
    try:
        found = house.sources.citation(who, query.get("in", ""), query.get("turn", ""), query.get("n", ""))
    except NotFound:
        return None
    return found if found.passage_id == request.path_params["passage_id"] else None


def _sight(house: House, document: Document, passage: Passage, citation: Citation | None) -> tuple[Sight | None, str]:
    """Return how the place looks to the owner of the citation, or why it cannot be shown."""
    if citation is None:
        return None, ""
    try:
        return house.sources.sight(document, passage, citation.quote), ""
    except NotShown as reason:
        return None, str(reason)


def _gone(who: Person, citation: Citation | None, request: Request) -> Response:
    """Answer for a passage that is no longer there; her own answer still tells what it quoted."""
    if citation is None:
        sentence = say(who.language, "page_missing")
        return HTMLResponse(static_pages.message(who.language, sentence), int(HTTPStatus.NOT_FOUND))
    body = citation_html.removed(who.language, citation)
    # The chat's dialog shows this as it shows the rest; a browser would write another status into its console.
    status = HTTPStatus.OK if "part" in request.query_params else HTTPStatus.GONE
    return _page(who, request, citation.document, body, status)


def _page(who: Person, request: Request, title: str, body: str, status: HTTPStatus) -> Response:
    """Return the part alone for the dialog of the chat, else a whole page."""
    whole = body if "part" in request.query_params else static_pages.page(who.language, title, body, wide=True)
    return HTMLResponse(whole, int(status))


def _nothing() -> Response:
    return JSONResponse({"detail": "there is nothing here"}, int(HTTPStatus.NOT_FOUND))
