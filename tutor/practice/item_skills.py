"""Which skill of a course an item belongs to: the one that it asks about, else the one that its section teaches. Pure.

Computed from the skills as they are now, so that a skill that was accepted, renamed or removed a moment ago counts at
once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from knowledge.documents import Passage
from knowledge.lexical import tokenize
from tutor.assessment.items import Item
from tutor.domain import Skill
from tutor.store.items import StoredItem


@dataclass(frozen=True, slots=True)
class SkillTies:
    """The words of the skills of a course."""

    words: Mapping[str, frozenset[str]]  # by id of the skill

    @classmethod
    def of(cls, skills: Sequence[Skill]) -> SkillTies:
        return cls({skill.id: words for skill in skills if (words := _words(skill.name))})

    def best_skill(self, item: Item, passage: Passage | None) -> str:
        """Return the id of the skill whose name shares most with an item, "" where none shares a word.

        The key and the prompt count before the section, and the section before the sentence.
        """
        place = " ".join(passage.heading[1:] or passage.heading) if passage else ""
        parts = [_words(f"{' '.join(item.keys)} {item.prompt}"), _words(place)]
        around = frozenset().union(*parts, _words(item.source.quote) if item.source else frozenset())

        def share(skill: str) -> tuple[bool, bool, float]:
            name = self.words[skill]
            shared = (len(name & around) + 2 * len(name & parts[1])) / (1 + len(name))
            return name <= parts[0], name <= parts[1], shared + len(name) * (name <= parts[0])

        best = max(self.words, key=share, default="")
        return best if best and share(best)[2] > 0 else ""

    def tie(self, stored: StoredItem, passage: Passage | None) -> StoredItem:
        """Return an item with its skill; one that belongs to no skill of the course any more gets another."""
        if stored.item.skill in self.words:
            return stored
        return replace(stored, item=replace(stored.item, skill=self.best_skill(stored.item, passage)))


@lru_cache(16_384)
def _words(text: str) -> frozenset[str]:
    return frozenset(tokenize(text))
