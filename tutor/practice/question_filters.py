"""Which questions of a course an instructor looks at: by words, kind, document, skill, quality and state. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tutor.store.items import ItemOrigin, ItemState, StoredItem

SUREST = 0.9  # of the judge of questions, in [0, 1]


class ItemQuality(StrEnum):
    """Who asks a question and, where it was generated, how sure the judge is that it is worth asking."""

    PRINTED = "printed"  # an exercise of the course's own documents
    WRITTEN = "written"  # by an instructor, or imported
    SUREST = "surest"
    LESS_SURE = "less_sure"


@dataclass(frozen=True, slots=True)
class ListedQuestion:
    """A question of a course and the document that it comes from, "" for one that people wrote."""

    stored: StoredItem
    document_id: str

    @property
    def quality(self) -> ItemQuality:
        if self.stored.origin is not ItemOrigin.GENERATED:
            return ItemQuality.WRITTEN
        judged = self.stored.item.quality
        if judged is None:
            return ItemQuality.PRINTED
        return ItemQuality.SUREST if judged >= SUREST else ItemQuality.LESS_SURE


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """What is looked for; an empty field lets everything through. `skill` is an id, or NO_SKILL."""

    words: str = ""
    kind: str = ""
    document_id: str = ""
    skill: str = ""
    quality: str = ""
    state: str = ""

    def matches(self, listed: ListedQuestion) -> bool:
        item = listed.stored.item
        return (
            self.words.strip().lower() in item.prompt.lower()
            and self.kind in ("", item.kind.value)
            and self.document_id in ("", listed.document_id)
            and self.skill in ("", item.skill or NO_SKILL)
            and self.quality in ("", listed.quality.value)
            and self.state in ("", listed.stored.state.value)
        )


NO_SKILL = "-"  # for questions that belong to no skill
_STATES = (ItemState.PINNED, ItemState.READY, ItemState.BANNED)


def listing_order(listed: ListedQuestion) -> tuple[int, int, float]:
    """Order pinned questions first and banned ones last, printed before generated ones, the surest first."""
    quality = listed.stored.item.quality
    return _STATES.index(listed.stored.state), list(ItemQuality).index(listed.quality), -(quality or 0.0)
