"""The library: adds documents to courses and searches them. The catalogue is the source of truth, the index a cache.

Every search compares the generation of the catalogue with that of the index, so it sees the changes of every process.
A writer embeds first, then changes the catalogue, then publishes the index; after a crash in between, the next search
rebuilds the index.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from knowledge import figures
from knowledge import index as indexes
from knowledge.catalog import Catalog
from knowledge.chunking import chunk_document
from knowledge.concepts import ConceptProposal, propose_concepts
from knowledge.document_titles import infer_title, shown_titles
from knowledge.documents import Document, Hit, IngestProgress, Passage, ProgressCallback, SearchResult
from knowledge.embedding import Embedder
from knowledge.errors import DocumentEmpty, DocumentNotFound, IndexDamaged, IngestCancelled
from knowledge.heading_lookup import HeadingLookup
from knowledge.headings import is_structural_heading
from knowledge.index import CourseIndex, IndexedPassage, PassageVectors
from knowledge.languages.sentences import split_sentences
from knowledge.parsing.sandbox import parse
from knowledge.query_rewriting import rewrite_with_history
from knowledge.ranking import COVERAGE_THRESHOLD, rank_passages
from knowledge.result_selection import PassageLookup, select_results

SECTION_CONFIDENCE = 0.97  # that a short section answers the question that is its heading
MAX_EMBEDDED_IN_SEARCH = 200  # passages of an embedder not at hand; a larger course is then searched by words

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Library:
    """The documents of all courses below one root. Every method may be called from any thread and process."""

    root: Path
    catalog: Catalog
    embedder: Embedder
    older_embedders: Sequence[Embedder] = ()  # search the courses that they embedded, until `embed_again`
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _open_indexes: dict[str, CourseIndex] = field(default_factory=dict, repr=False)
    _sections: dict[str, tuple[int, HeadingLookup]] = field(default_factory=dict, repr=False)
    _titles: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(
        self,
        course_id: str,
        name: str,
        data: bytes,
        progress: ProgressCallback | None = None,
        cancelled: Callable[[], bool] | None = None,
        *,
        replace: bool = False,
    ) -> Document:
        """Add a document to a course and return it; the same bytes again change nothing.

        With `replace`, older documents of this name are then removed. Raises DocumentRefused, IngestCancelled.
        """
        digest = hashlib.sha256(data).hexdigest()
        if (known := self._find_by_hash(course_id, digest)) is not None:
            return known
        report = progress or (lambda progress: None)
        stopped = cancelled or (lambda: False)
        parsed = parse(name, data, progress=report, cancelled=stopped)
        report(IngestProgress("splitting", 0, 1))
        document_id = hashlib.sha256(f"{course_id}\0{digest}".encode()).hexdigest()[:24]
        passages = chunk_document(parsed, document_id, course_id)
        if not passages:
            raise DocumentEmpty(f"{name} has no text that can be searched; upload a version with text.")
        document = Document(
            id=document_id,
            course_id=course_id,
            name=name,
            title=infer_title(parsed.title, name, [block.heading for block in parsed.blocks]),
            sha256=digest,
            media_type=parsed.media_type,
            pages=parsed.pages,
            passages=len(passages),
            notes=parsed.notes,
            added_at=self.clock(),
        )
        vectors = self._compute_vectors(document, passages, report, stopped)
        report(IngestProgress("indexing", 0, 1))
        with self._writer_lock(course_id):
            return self._store(document, passages, vectors, replace=replace)

    def remove(self, document_id: str) -> None:
        """Delete a document; raises DocumentNotFound."""
        course_id = self.catalog.document(document_id).course_id
        with self._writer_lock(course_id):
            self.catalog.remove(document_id)
            self._publish(course_id, {})

    def documents(self, course_id: str) -> list[Document]:
        """Return the documents of a course in the order in which they were added, no two with the same title."""
        return self._with_shown_titles(course_id, self.catalog.documents(course_id))

    def document(self, document_id: str) -> Document:
        """Return a document under the title that tells it apart in its course; raises DocumentNotFound."""
        document = self.catalog.document(document_id)
        return self._with_shown_titles(document.course_id, [document])[0]

    def passage(self, passage_id: str) -> Passage:
        """Return a passage; raises DocumentNotFound."""
        return self.catalog.passage(passage_id)

    def place_name(self, passage_id: str) -> str:
        """Return where a passage is, for people: its last two headings, after its document where they name no topic.

        Raises DocumentNotFound.
        """
        passage = self.catalog.passage(passage_id)
        shown = passage.heading[-2:]
        if not all(is_structural_heading(heading) for heading in shown):
            return " › ".join(shown)
        return " › ".join((self.document(passage.document_id).title, *(shown or (passage.locator.label,))))

    def search(
        self,
        course_id: str,
        query: str,
        k: int = 5,
        history: Sequence[str] = (),
        *,
        threshold: float = COVERAGE_THRESHOLD,
    ) -> SearchResult:
        """Return the `k` passages that answer `query` best, and whether the course covers it at all.

        `history` are the learner's earlier questions, oldest first; they complete a query that is a follow-up.
        `threshold` is the confidence from which on the course covers the query: 0 always, 1 hardly ever.
        """
        index = self._current_index(course_id)
        rewritten = rewrite_with_history(query, history)
        ranked = rank_passages(index, rewritten, self._embedder_of(index) or self.embedder, threshold)
        found = select_results(ranked.candidates, PassageLookup(index, self.catalog), k)
        confidence = ranked.confidence if found else 0.0
        if (section := self._section_asked_for(course_id, rewritten)) is not None:
            confidence = max(confidence, SECTION_CONFIDENCE)
            first = Hit(section, self.catalog.document(section.document_id), confidence)
            found = [first, *(hit for hit in found if hit.passage.id != section.id)][: max(k, 1)]
        documents = self._with_shown_titles(course_id, [hit.document for hit in found])
        hits = tuple(replace(hit, document=document) for hit, document in zip(found, documents, strict=True))
        return SearchResult(hits, bool(hits) and confidence >= threshold, confidence)

    def unknown_terms(self, course_id: str, terms: Iterable[str]) -> frozenset[str]:
        """Return the index terms that no passage of a course has."""
        lexical = self._current_index(course_id).lexical
        return frozenset(term for term in terms if lexical.term_id(term) < 0)

    def figure_hits(self, course_id: str, number: str) -> tuple[Hit, ...]:
        """Return the passage with the caption of a figure, then those that mention it and its neighbours."""
        found = figures.find_figure_passages(number, self.catalog.passages(course_id))
        return tuple(Hit(one, self.document(one.document_id), 1.0) for one in found)

    def figure_numbers(self, course_id: str) -> list[str]:
        """Return the numbers of the figures with a caption in a course."""
        return figures.list_figure_numbers(self.catalog.passages(course_id))

    def passages(self, course_id: str) -> list[Passage]:
        """Return the passages of a course by document and in order."""
        return self.catalog.passages(course_id)

    def sentence_similarities(self, course_id: str, query: str, passages: Sequence[Passage]) -> dict[str, list[float]]:
        """Return the cosine of each sentence of passages to a query, by passage id.

        Sentences are those of `split_sentences`. A passage or query that the embedder cannot read is left out.
        """
        index = self._current_index(course_id)
        embedder = self._embedder_of(index)
        if embedder is None or not indexes.can_embed(embedder, query):
            return {}
        places = {passage_id: row for row, passage_id in enumerate(index.ids)}
        known = [(one.id, row) for one in passages if (row := places.get(one.id)) is not None]
        vector = embedder.embed_query(query)
        found = {}
        for passage_id, row in known:
            start, end = int(index.offsets[row]), int(index.offsets[row + 1])
            if end - start > 1:
                found[passage_id] = [float(one) for one in index.vectors[start + 1 : end].astype("float32") @ vector]
        return found

    def propose_concept_graph(self, course_id: str) -> ConceptProposal:
        """Propose what a course teaches and what builds on what; its documents were added in teaching order."""
        return propose_concepts(self.catalog.passages(course_id))

    def rebuild_index(self, course_id: str) -> None:
        """Build the index of a course again from the catalogue, without reusing vectors."""
        with self._writer_lock(course_id):
            self._publish(course_id, {}, reuse=False)

    def has_other_embedder(self, course_id: str) -> bool:
        """Whether the index of a course has the vectors of another embedder than the one in use."""
        built_with = indexes.current_embedder(indexes.course_folder(self.root, course_id))
        return built_with not in (None, self.embedder.name)

    def embed_again(
        self,
        course_id: str,
        progress: ProgressCallback | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> int:
        """Embed all passages of a course with the embedder in use; return how many. Raises IngestCancelled.

        Searches go on with the old index until the new one is published.
        """
        report, stopped = progress or (lambda progress: None), cancelled or (lambda: False)
        entries = self._indexed_passages(course_id)
        vectors = self._embed_entries(entries, f"{course_id} was not embedded again: cancelled", report, stopped)
        report(IngestProgress("indexing", 0, 1))
        with self._writer_lock(course_id):
            self._publish(course_id, vectors)
        return len(entries)

    def check_index(self, course_id: str) -> list[str]:
        """Compare the index with the catalogue; return one sentence for each fault."""
        folder = indexes.course_folder(self.root, course_id)
        rows = {p.id for p in self.catalog.passages(course_id)}
        name = indexes.current_generation(folder)
        if name is None:
            return [f"course {course_id} has {len(rows)} passages and no index"] if rows else []
        try:
            index = indexes.load_generation(folder, name)
        except IndexDamaged as error:
            return [str(error)]
        faults = []
        if index.embedder != self.embedder.name:
            faults.append(f"the index was built with {index.embedder}, but {self.embedder.name} is in use")
        if missing := rows - set(index.ids):
            faults.append(f"{len(missing)} passages are not in the index")
        if surplus := set(index.ids) - rows:
            faults.append(f"{len(surplus)} passages of the index have been removed")
        return faults

    def _with_shown_titles(self, course_id: str, documents: Sequence[Document]) -> list[Document]:
        titles = self._shown_titles(course_id) if documents else {}
        return [replace(document, title=titles.get(document.id, document.title)) for document in documents]

    def _section_asked_for(self, course_id: str, query: str) -> Passage | None:
        """Return the short section whose heading is what a query asks for."""
        generation = self.catalog.generation(course_id)
        known = self._sections.get(course_id)
        if known is None or known[0] != generation:
            lookup = HeadingLookup.from_passages(self.catalog.passages(course_id))
            known = self._sections[course_id] = (generation, lookup)
        passage_id = known[1].find(query)
        try:
            return self.catalog.passage(passage_id) if passage_id else None
        except DocumentNotFound:  # removed during the search
            return None

    def _shown_titles(self, course_id: str) -> Mapping[str, str]:
        """Return the titles of a course's documents by id, computed once for each of its generations."""
        generation = self.catalog.generation(course_id)
        known = self._titles.get(course_id)
        if known is None or known[0] != generation:
            titles = shown_titles(self.catalog.documents(course_id), lambda: self._heading_paths(course_id))
            known = self._titles[course_id] = (generation, titles)
        return known[1]

    def _heading_paths(self, course_id: str) -> dict[str, list[tuple[str, ...]]]:
        paths: dict[str, list[tuple[str, ...]]] = {}
        for passage in self.catalog.passages(course_id):
            paths.setdefault(passage.document_id, []).append(passage.heading)
        return paths

    def _find_by_hash(self, course_id: str, digest: str) -> Document | None:
        return next((d for d in self.catalog.documents(course_id) if d.sha256 == digest), None)

    def _store(
        self, document: Document, passages: list[Passage], vectors: Mapping[str, PassageVectors], *, replace: bool
    ) -> Document:
        if (known := self._find_by_hash(document.course_id, document.sha256)) is not None:
            return known  # another process was faster
        older = [d.id for d in self.catalog.documents(document.course_id) if d.name == document.name] if replace else []
        self.catalog.add(document, passages)
        for document_id in older:
            self.catalog.remove(document_id)
        self._publish(document.course_id, vectors)
        return document

    def _compute_vectors(
        self, document: Document, passages: Sequence[Passage], report: ProgressCallback, stopped: Callable[[], bool]
    ) -> dict[str, PassageVectors]:
        entries = [to_indexed_passage(passage, document) for passage in passages]
        return self._embed_entries(entries, f"{document.name} was not added: cancelled", report, stopped)

    def _embed_entries(
        self, entries: Sequence[IndexedPassage], if_stopped: str, report: ProgressCallback, stopped: Callable[[], bool]
    ) -> dict[str, PassageVectors]:
        if not self.embedder.is_ready:
            report(IngestProgress("loading", 0, 1))
            self.embedder.prepare()

        def advanced(done: int) -> None:
            if stopped():
                raise IngestCancelled(if_stopped)
            report(IngestProgress("embedding", done, len(entries)))

        return indexes.compute_passage_vectors(entries, self.embedder, advanced)

    def _current_index(self, course_id: str) -> CourseIndex:
        """Return the index of the catalogue as it is now; builds it if no other process has done so yet."""
        wanted = self.catalog.generation(course_id)
        index = self._open_indexes.get(course_id)
        if index is not None and self._is_up_to_date(index, wanted):
            return index
        index = self._load_from_disk(course_id)
        if index is None or not self._is_up_to_date(index, wanted):
            with self._writer_lock(course_id):
                index = self._load_from_disk(course_id)
                if index is None or not self._is_up_to_date(index, self.catalog.generation(course_id)):
                    index = self._publish(course_id, {})
        with self._lock:
            self._open_indexes[course_id] = index
        return index

    def _is_up_to_date(self, index: CourseIndex, generation: int) -> bool:
        usable = self._embedder_of(index) is not None or len(index.ids) > MAX_EMBEDDED_IN_SEARCH
        return index.generation == generation and usable

    def _embedder_of(self, index: CourseIndex) -> Embedder | None:
        """Return the embedder that an index was built with, None if it is not at hand."""
        known = (self.embedder, *self.older_embedders)
        return next((one for one in known if one.name == index.embedder), None)

    def _load_from_disk(self, course_id: str, formats: Sequence[int] = (indexes.FORMAT_VERSION,)) -> CourseIndex | None:
        folder = indexes.course_folder(self.root, course_id)
        for _ in range(3):  # a writer may delete a generation after its name was read
            name = indexes.current_generation(folder)
            if name is None:
                return None
            try:
                return indexes.load_generation(folder, name, formats)
            except IndexDamaged as error:
                if indexes.current_generation(folder) == name:
                    log.warning("course %s: %s", course_id, error)
                    return None
        return None

    def _publish(self, course_id: str, new_vectors: Mapping[str, PassageVectors], *, reuse: bool = True) -> CourseIndex:
        """Write and open a generation of the current rows; only passages without vectors are embedded."""
        folder = indexes.course_folder(self.root, course_id)
        generation = self.catalog.generation(course_id)
        entries = self._indexed_passages(course_id)
        previous = self._load_from_disk(course_id, indexes.SAME_VECTORS) if reuse else None
        known = {**(previous.cached_vectors() if previous else {}), **new_vectors}
        missing = [e for e in entries if e.cache_key(self.embedder.name) not in known]
        known |= indexes.compute_passage_vectors(missing, self.embedder)
        cells = previous.faiss_index if previous and previous.embedder == self.embedder.name else None
        name = indexes.write_generation(folder, generation, entries, known, self.embedder, cells)
        index = indexes.load_generation(folder, name)
        with self._lock:
            self._open_indexes[course_id] = index
        return index

    def _indexed_passages(self, course_id: str) -> list[IndexedPassage]:
        documents = {d.id: d for d in self.catalog.documents(course_id)}
        rows = [p for p in self.catalog.passages(course_id) if p.document_id in documents]
        return [to_indexed_passage(p, documents[p.document_id]) for p in rows]

    @contextmanager
    def _writer_lock(self, course_id: str) -> Iterator[None]:
        """Hold the course's writer lock; the kernel releases it when its holder dies."""
        folder = indexes.course_folder(self.root, course_id)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def to_indexed_passage(passage: Passage, document: Document) -> IndexedPassage:
    """Return a passage as it is indexed: under the title of its document and its headings."""
    context = " ".join(dict.fromkeys((document.title, *passage.heading)))
    whole = ((0, len(passage.text)),)
    return IndexedPassage(passage.id, context, passage.text, tuple(split_sentences(passage.text)) or whole)
