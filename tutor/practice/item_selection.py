"""Which items of a course are asked: those on a topic, in the learner's language, and the order of preference. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from knowledge.languages import detect_language
from knowledge.lexical import tokenize
from tutor.assessment.items import Item, ItemKind
from tutor.domain import Skill
from tutor.learner.recommender import TARGET_SUCCESS, CandidateItem, item_cost
from tutor.store.items import ItemState, StoredItem

DATE_LENGTH = len("2026-01-05")
MIN_TOPIC_OVERLAP = 0.5  # share of a topic's words that an item must contain


def items_in_language(pool: Sequence[StoredItem], language: str) -> list[StoredItem]:
    """Return the items in a language, or all of them where there are none."""
    return [one for one in pool if detect_language(one.item.prompt, language) == language] or list(pool)


def items_on_topic(pool: Sequence[StoredItem], topic: str, skills: Sequence[Skill]) -> list[StoredItem]:
    """Return the items of the skill that has this name, otherwise those that share words with the topic."""
    if not topic:
        return list(pool)
    named = {skill.id for skill in skills if skill.name.lower() == topic.lower()}
    exact = [one for one in pool if one.item.skill in named]
    if exact:
        return exact
    wanted = set(tokenize(topic))
    enough = max(1, round(MIN_TOPIC_OVERLAP * len(wanted)))
    return [one for one in pool if len(wanted & _item_terms(one.item)) >= enough]


def select_items(
    pool: Sequence[StoredItem],
    last_asked: Mapping[str, str],
    chances: Mapping[str, CandidateItem],
    count: int,
    target: float = TARGET_SUCCESS,
) -> list[StoredItem]:
    """Return `count` items, those the learner is likelier to get right first.

    Preferred are pinned items, then items never asked or asked on the earliest day, then a mix of kinds, then items
    whose chance of success is near `target`. Of each sentence of the course at most one item is selected.
    `last_asked` holds ISO times by item id.
    """
    chosen: list[StoredItem] = []
    kinds: Counter[ItemKind] = Counter()
    left = list(pool)

    def rank(one: StoredItem) -> tuple[bool, str, int, float, str]:
        day, cost = last_asked.get(one.item.id, "")[:DATE_LENGTH], item_cost(chances[one.item.id], target)
        return one.state is not ItemState.PINNED, day, kinds[one.item.kind], cost, one.item.id

    while left and len(chosen) < count:
        best = min(left, key=rank)
        chosen.append(best)
        kinds[best.item.kind] += 1
        left = [one for one in left if _source_sentence(one) != _source_sentence(best)]
    return sorted(chosen, key=lambda one: (-chances[one.item.id].success_chance, one.item.id))


def _item_terms(item: Item) -> set[str]:
    return set(tokenize(" ".join((item.prompt, item.source.quote if item.source else "", *item.keys))))


def _source_sentence(one: StoredItem) -> str:
    return one.item.source.quote if one.item.source else one.item.id
