"""One course of the library as a LangChain `VectorStore`, for search only.

Documents are added through `Library.add`, which records their pages; texts without a document are refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from langchain_core.documents import Document as LangChainDocument
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore

from knowledge.documents import Hit
from knowledge.embedding import Embedder
from knowledge.library import Library


@dataclass(frozen=True, slots=True)
class LangChainEmbeddings(Embeddings):
    """An embedder as LangChain's `Embeddings`."""

    embedder: Embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(x) for x in row] for row in self.embedder.embed_passages(texts)]

    def embed_query(self, text: str) -> list[float]:
        return [float(x) for x in self.embedder.embed_query(text)]


class CourseVectorStore(VectorStore):
    """One course of a library; a document's metadata gives its title, page and heading."""

    def __init__(self, library: Library, course_id: str) -> None:
        self._library, self._course_id = library, course_id

    @property
    def embeddings(self) -> Embeddings:
        return LangChainEmbeddings(self._library.embedder)

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[LangChainDocument]:
        return [document for document, _ in self.similarity_search_with_score(query, k)]

    def similarity_search_with_score(self, query: str, k: int = 4) -> list[tuple[LangChainDocument, float]]:
        """Return passages, best first, each with the probability that it answers the query."""
        return [(_document(hit), hit.score) for hit in self._library.search(self._course_id, query, k).hits]

    def add_texts(
        self, texts: Iterable[str], metadatas: list[dict[Any, Any]] | None = None, **kwargs: Any
    ) -> list[str]:
        raise NotImplementedError("a course takes documents, not texts: use Library.add")

    @classmethod
    def from_texts(
        cls, texts: list[str], embedding: Embeddings, metadatas: list[dict[Any, Any]] | None = None, **kwargs: Any
    ) -> CourseVectorStore:
        raise NotImplementedError("a course takes documents, not texts: use Library.add")


def _document(hit: Hit) -> LangChainDocument:
    passage = hit.passage
    return LangChainDocument(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "document_id": hit.document.id,
            "document": hit.document.title,
            "locator": passage.locator.label,
            "heading": list(passage.heading),
            "start": passage.start,
            "end": passage.end,
        },
    )
