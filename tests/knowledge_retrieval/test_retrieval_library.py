"""Documents are added and removed, and the next search sees it."""

from __future__ import annotations

import json

import pytest

from knowledge import index as indexes
from knowledge import lexical
from knowledge.embedding import HashingEmbedder
from knowledge.errors import DocumentNotFound, IngestCancelled
from knowledge.library import Library

LEAVES = b"# Leaves\n\nChlorophyll absorbs red and blue light. Green light is reflected, so leaves look green.\n"
LINES = b"# Lines\n\nThe slope of a line is its rise divided by its run. A flat line has slope zero.\n"


class CountingEmbedder(HashingEmbedder):
    """Counts the texts that were embedded as passages."""

    __slots__ = ("embedded",)

    def __init__(self, dimension: int = 256) -> None:
        super().__init__(dimension)
        object.__setattr__(self, "embedded", [])

    def encode_spans(self, texts, spans):
        self.embedded.extend(texts)
        return super().encode_spans(texts, spans)


def found(library, query):
    return [hit.document.name for hit in library.search("c", query).hits]


def folder_of(library):
    return indexes.course_folder(library.root, "c")


def test_a_document_is_found_by_the_next_search(library):
    library.add("c", "leaves.md", LEAVES)
    library.add("c", "lines.md", LINES)
    assert found(library, "Why do leaves look green?")[0] == "leaves.md"
    assert found(library, "What is the slope of a line?")[0] == "lines.md"


def test_a_removed_document_is_not_found_again(library):
    document = library.add("c", "leaves.md", LEAVES)
    library.add("c", "lines.md", LINES)
    library.remove(document.id)
    assert "leaves.md" not in found(library, "Why do leaves look green?")
    with pytest.raises(DocumentNotFound):
        library.document(document.id)


def test_the_same_bytes_twice_are_one_document(library):
    first = library.add("c", "leaves.md", LEAVES)
    assert library.add("c", "other name.md", LEAVES) == first
    assert library.documents("c") == [first]


def test_courses_do_not_see_each_other(library):
    library.add("c", "leaves.md", LEAVES)
    assert library.search("d", "Why do leaves look green?").hits == ()


def test_an_empty_course_covers_nothing(library):
    result = library.search("c", "anything?")
    assert (result.hits, result.covered, result.confidence) == ((), False, 0.0)


def test_replacing_keeps_only_the_new_document(library):
    library.add("c", "notes.md", LEAVES)
    newer = library.add("c", "notes.md", LINES, replace=True)
    assert library.documents("c") == [newer]
    assert found(library, "Why do leaves look green?") == ["notes.md"]  # the only document, and the new one
    assert library.check_index("c") == []


def test_a_cancelled_ingest_changes_nothing(library):
    library.add("c", "lines.md", LINES)
    with pytest.raises(IngestCancelled):
        library.add("c", "leaves.md", LEAVES, cancelled=lambda: True)
    assert [d.name for d in library.documents("c")] == ["lines.md"]
    assert library.check_index("c") == []


def test_progress_names_its_stages_in_order(library):
    seen = []
    library.add("c", "leaves.md", LEAVES, progress=lambda p: seen.append(p.stage))
    stages = list(dict.fromkeys(seen))
    assert stages[-3:] == ["splitting", "embedding", "indexing"]


def test_progress_tells_that_the_embedder_is_loaded_first(tmp_path, library):
    cold = Library(tmp_path / "cold", library.catalog, HashingEmbedder(256, is_ready=False))
    seen = []
    cold.add("c", "leaves.md", LEAVES, progress=lambda p: seen.append(p.stage))
    assert list(dict.fromkeys(seen))[-4:] == ["splitting", "loading", "embedding", "indexing"]


def test_only_new_passages_are_embedded(tmp_path, library):
    counting = CountingEmbedder()
    library = Library(tmp_path / "counted", library.catalog, counting)
    library.add("c", "leaves.md", LEAVES)
    before = len(counting.embedded)
    library.add("c", "lines.md", LINES)
    assert before == 1
    assert len(counting.embedded) == 2


def test_a_second_library_over_the_same_catalog_sees_every_change(library):
    other = Library(library.root, library.catalog, library.embedder)
    library.add("c", "leaves.md", LEAVES)
    assert found(other, "green leaves") == ["leaves.md"]
    document = other.add("c", "lines.md", LINES)
    assert "lines.md" in found(library, "slope of a line")
    library.remove(document.id)
    assert "lines.md" not in found(other, "slope of a line")


def test_an_index_of_the_format_before_is_built_again_from_its_vectors(library, monkeypatch):
    """Version 3 had "H₂O" as one term, which a question about H₂O no longer has."""
    with monkeypatch.context() as before:
        before.setattr(lexical, "tokenize", lambda text: list(lexical._tokenize(lexical.fold(text))))
        library.add("c", "water.md", "# Notes\n\nH₂O boils at a hundred degrees at sea level.\n".encode())
        library.add("c", "lines.md", LINES)
    manifest = folder_of(library) / str(indexes.current_generation(folder_of(library))) / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 3}))
    counting = CountingEmbedder()
    fresh = Library(library.root, library.catalog, counting)
    assert "has format 3, not 4" in fresh.check_index("c")[0]
    assert found(fresh, "H₂O")[:1] == found(fresh, "H2O")[:1] == ["water.md"]
    assert fresh.check_index("c") == []
    assert counting.embedded == ["H₂O", "H2O"], "the questions, and no passage again"


def test_a_lost_index_is_rebuilt_from_the_catalog(library):
    library.add("c", "leaves.md", LEAVES)
    (folder_of(library) / "current").unlink()
    assert library.check_index("c") == ["course c has 1 passages and no index"]
    fresh = Library(library.root, library.catalog, library.embedder)
    assert found(fresh, "green leaves") == ["leaves.md"]
    assert fresh.check_index("c") == []


@pytest.mark.parametrize("name", ["faiss.index", "vectors.npy", "entries.json", "lexical/tokens.npy"])
def test_a_corrupted_index_file_is_detected_and_rebuilt(library, name):
    library.add("c", "leaves.md", LEAVES)
    file = folder_of(library) / indexes.current_generation(folder_of(library)) / name
    damaged = bytearray(file.read_bytes())
    damaged[-1] ^= 0xFF
    file.write_bytes(damaged)
    assert name in library.check_index("c")[0]
    fresh = Library(library.root, library.catalog, library.embedder)
    assert found(fresh, "green leaves") == ["leaves.md"]
    assert fresh.check_index("c") == []


def test_a_generation_without_manifest_is_ignored(library):
    library.add("c", "leaves.md", LEAVES)
    (folder_of(library) / indexes.current_generation(folder_of(library)) / "manifest.json").unlink()
    assert "incomplete" in library.check_index("c")[0]
    library.rebuild_index("c")
    assert library.check_index("c") == []


def test_each_embedder_has_its_own_index(library):
    library.add("c", "leaves.md", LEAVES)
    other = Library(library.root, library.catalog, HashingEmbedder(128))
    assert "hashing-256" in other.check_index("c")[0]
    assert found(other, "green leaves") == ["leaves.md"]
    assert other.check_index("c") == []


def test_an_older_embedder_that_is_at_hand_searches_its_courses_until_they_are_embedded_again(library):
    """Otherwise a small course was embedded within a search, and a large one searched by words alone."""
    library.add("c", "leaves.md", LEAVES)
    counting = CountingEmbedder(8)
    other = Library(library.root, library.catalog, counting, [library.embedder])
    assert found(other, "green leaves") == ["leaves.md"]
    passages = other.passages("c")
    old = other.sentence_similarities("c", "green leaves", passages)
    assert old == library.sentence_similarities("c", "green leaves", passages) != {}
    assert counting.embedded == [] and other.has_other_embedder("c")
    other.embed_again("c")
    assert not other.has_other_embedder("c")
    assert other.sentence_similarities("c", "green leaves", passages) != old


def test_old_generations_are_deleted_except_the_previous(library):
    for number in range(4):
        library.add("c", f"{number}.md", f"# Number {number}\n\nThis is page {number}.\n".encode())
    generations = [p for p in folder_of(library).iterdir() if p.is_dir()]
    assert len(generations) == 2


def test_a_course_id_cannot_escape_the_index_dir(tmp_path):
    assert indexes.course_folder(tmp_path, "../../etc").parent == tmp_path


def test_duplicate_passages_are_returned_once(library):
    library.add("c", "a.md", LEAVES)
    library.add("c", "b.md", LEAVES + b"\n")
    texts = [hit.passage.text for hit in library.search("c", "green leaves").hits]
    assert len(texts) == len(set(texts))
