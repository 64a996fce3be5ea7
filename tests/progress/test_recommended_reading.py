"""Recommended reading teaches, and is in one language: the learner's where the course has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from knowledge.documents import Document, Hit, Locator, LocatorKind, Passage, SearchResult
from tutor.progress.recommended_reading import RecommendedReading, in_one_language


def make_hit(text: str, score: float) -> Hit:
    passage = Passage(text, "notes", "course", 0, text, Locator(LocatorKind.SECTION, 1, "section"), (), 0, len(text))
    added = datetime(2026, 11, 23, tzinfo=UTC)
    return Hit(passage, Document("notes", "course", "n", "Notes", "", "text/plain", 1, 1, (), added), score)


def test_exercises_are_not_recommended_as_reading(services, course, ada, instructor):
    text = b"# Light\n\n## 6. Exercises\n\nName the parts of a chloroplast.\n\n"
    text += b"## The chloroplast\n\nA chloroplast has stacks of thylakoids in its stroma.\n"
    services.documents.ingest(instructor, course.id, "light.md", text)
    found = services.recommended_reading.recommend(ada, course.id, "Parts of a chloroplast", 0.2)
    assert found and not any("Exercises" in heading for each in found for heading in each.passage.heading)


def test_reading_is_in_the_learners_language_also_where_a_better_passage_is_in_another(services, course, ada):
    better = [make_hit(f"叶绿体里有类囊体，光反应在那里进行。{n}", 0.98) for n in range(3)]
    mine = make_hit("A chloroplast has stacks of thylakoids in its stroma.", 0.4)

    class Library:
        def search(self, _course: str, _skill: str, _limit: int) -> SearchResult:
            return SearchResult((*better, mine), True, 0.98)

    reading = RecommendedReading(Library(), services.courses)  # type: ignore[arg-type]
    english = reading.recommend(ada, course.id, "Thylakoids", 0.2)
    chinese = reading.recommend(replace(ada, language="zh"), course.id, "Thylakoids", 0.2)
    assert [each.passage for each in english] == [mine.passage]
    assert [each.passage for each in chinese] == [each.passage for each in better]


def test_a_course_in_another_language_still_has_something_to_read():
    foreign, faint = make_hit("叶绿体里有类囊体。", 0.9), make_hit("A rope is cut to length before a tour.", 0.1)
    assert in_one_language([foreign, faint], "en") == [foreign]
    assert in_one_language([], "en") == []
