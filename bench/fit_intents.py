"""Fit the models that tell what a learner's message wants, and measure them on phrasings that they were not fitted on.

    python -m bench.fit_intents                    held-out accuracy, fitted on the `tuned` half of the phrases
    python -m bench.fit_intents --unseen FILE      the same, measured on the phrases of another file
    python -m bench.fit_intents --write            fit on all phrases, write tutor/pedagogy/intent_model.npz

The phrases are `bench/intent_phrases.tsv`; `bench/intent_templates.tsv` widens them: each template is drawn up to 60
times with other subjects. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from tutor.pedagogy.intent_features import tokens
from tutor.pedagogy.intent_model import MODEL_FILE, IntentModel, Situation, bucket_weights

HERE = Path(__file__).parent
PHRASES, TEMPLATES = HERE / "intent_phrases.tsv", HERE / "intent_templates.tsv"
DRAWS = 60  # of a template
PHRASE_WEIGHT = 3  # of a phrase, against one drawn from a template
PENALTY = 20.0
BUCKETS = {Situation.CLOSED: 1 << 13, Situation.OPEN: 1 << 12, Situation.LANGUAGE: 1 << 11, Situation.FORM: 1 << 13}
# While a question is open, these requests keep their meaning; every other question is a question back.
OPEN_REQUESTS = frozenset(
    "simpler example harder quiz thanks farewell greeting stuck tell_me skip exercise summarise".split()
)
SUBJECTS = frozenset("question exercise answer clarify".split())  # their words are subjects
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_SUBJECT = re.compile(r"\{.*?\}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A message with what it wants."""

    use: str
    situation: str
    label: str
    language: str
    marked: str  # its subject in braces

    @property
    def text(self) -> str:
        return self.marked.replace("{", "").replace("}", "")


def read_phrases(path: Path) -> list[Phrase]:
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [Phrase(*line) for line in lines]


def draw_from_templates(seed: int = 1) -> list[Phrase]:
    rows = [line.split("\t") for line in TEMPLATES.read_text(encoding="utf-8").splitlines()[1:]]
    topics = {language: rest.split("|") for situation, _, language, rest in rows if situation == "topics"}
    rng = random.Random(seed)
    drawn = []
    for situation, label, language, template in rows:
        if situation != "topics":
            texts = sorted({_draw(template, topics[language], rng) for _ in range(_draws(template))})
            drawn += [Phrase("template", situation, label, language, text) for text in texts]
    return drawn


def _draws(template: str) -> int:
    """Return how often a template is drawn: as often as it has variants, within bounds."""
    variants = int(np.prod([match[1].count("|") + 1 for match in _CHOICE.finditer(template)] or [1]))
    return min(DRAWS, max(3, variants))


def _draw(template: str, topics: Sequence[str], rng: random.Random) -> str:
    text = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), template)
    return " ".join(re.sub(r"\{T\}", lambda _: "{" + rng.choice(topics) + "}", text).split())


def rows_of(situation: Situation, phrases: Sequence[Phrase]) -> Iterator[tuple[str, Phrase]]:
    """Yield label and phrase of what a situation's model is fitted on.

    A question of any form is a question where nothing is open, and a question back where something is, if it has its
    mark: an answer may begin with "how". A calculation may be an exercise; it is left out there.
    """
    for phrase in phrases:
        is_form = phrase.situation == Situation.FORM
        label = "question" if phrase.label == "definition" or is_form else phrase.label
        if phrase.situation == situation:
            yield phrase.label if is_form else label, phrase
        elif is_form and phrase.label != "calculation" and situation is Situation.CLOSED:
            yield "question", phrase
        elif is_form and phrase.label != "calculation" and situation is Situation.OPEN and is_asked(phrase):
            yield "clarify", phrase
        elif situation is Situation.OPEN and phrase.situation == Situation.CLOSED:
            if phrase.label in OPEN_REQUESTS:
                yield label, phrase
            elif label == "question" and is_asked(phrase):
                yield "clarify", phrase


def is_asked(phrase: Phrase) -> bool:
    return phrase.text.rstrip().endswith(("?", "？"))


def fit(situation: Situation, phrases: Sequence[Phrase]) -> IntentModel:
    rows = list(rows_of(situation, phrases))
    seen = Counter(word for _, phrase in rows for word in set(tokens(_SUBJECT.sub(" ", phrase.marked))))
    vocabulary = frozenset(word for word, count in seen.items() if count >= 2)
    model = LogisticRegression(C=PENALTY, max_iter=1000).fit(
        _matrix([phrase.text for _, phrase in rows], vocabulary, BUCKETS[situation]),
        [label for label, _ in rows],
        sample_weight=[1 if phrase.use == "template" else PHRASE_WEIGHT for _, phrase in rows],
    )
    requests = {
        word for label, phrase in rows if label not in SUBJECTS for word in tokens(_SUBJECT.sub(" ", phrase.marked))
    }
    return IntentModel(tuple(model.classes_), vocabulary, frozenset(requests), model.coef_.T, model.intercept_)


def _matrix(texts: Sequence[str], vocabulary: frozenset[str], buckets: int) -> csr_matrix:
    found = [bucket_weights(text, vocabulary, buckets) for text in texts]
    data = [value for row in found for value in row.values()]
    columns = [bucket for row in found for bucket in row]
    ends = np.cumsum([0, *(len(row) for row in found)])
    return csr_matrix((data, columns, ends), shape=(len(texts), buckets))


def measure(situation: Situation, model: IntentModel, phrases: Sequence[Phrase]) -> dict[str, Any]:
    """Return the accuracy on phrases, all and by language; prints each mistake."""
    right: dict[str, list[bool]] = {"all": []}
    for label, phrase in rows_of(situation, phrases):
        chances = model.probabilities(phrase.text)
        best = max(chances, key=lambda name: chances[name])
        if best != label:
            print(f"{situation}: {label} taken for {best} ({chances[best]:.2f}): {phrase.text}")
        for key in ("all", phrase.language):
            right.setdefault(key, []).append(best == label)
    return {key: round(float(np.mean(values)), 3) for key, values in right.items()} | {"phrases": len(right["all"])}


def write(models: dict[Situation, IntentModel], path: Path) -> None:
    """Write the models, their weights in eight bits."""
    arrays: dict[str, NDArray[Any]] = {}
    for situation, model in models.items():
        scale = np.abs(model.weights).max() / 127
        arrays |= {
            f"{situation}_labels": np.array(model.labels),
            f"{situation}_vocabulary": np.array(sorted(model.vocabulary)),
            f"{situation}_request_words": np.array(sorted(model.request_words)),
            f"{situation}_weights": np.round(model.weights / scale).astype(np.int8),
            f"{situation}_scale": np.array(scale, np.float32),
            f"{situation}_bias": model.bias.astype(np.float32),
        }
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unseen", type=Path, help="phrases to measure on, in the form of intent_phrases.tsv")
    parser.add_argument("--write", action="store_true", help="fit on all phrases and write the model")
    arguments = parser.parse_args()
    phrases, drawn = read_phrases(PHRASES), draw_from_templates()
    fitted_on = phrases if arguments.write or arguments.unseen else [p for p in phrases if p.use == "tuned"]
    models = {situation: fit(situation, [*fitted_on, *drawn]) for situation in Situation}
    report: dict[str, Any] = {"fitted_on": len(fitted_on), "drawn": len(drawn)}
    if arguments.write:
        write(models, MODEL_FILE)
        report["bytes"] = MODEL_FILE.stat().st_size
    else:
        held = read_phrases(arguments.unseen) if arguments.unseen else [p for p in phrases if p.use == "held"]
        report |= {str(situation): measure(situation, model, held) for situation, model in models.items()}
    started = time.perf_counter()
    for phrase in phrases[:200]:
        models[Situation.CLOSED].probabilities(phrase.text)
    print(json.dumps(report | {"ms_a_message": round((time.perf_counter() - started) * 5, 2)}))


if __name__ == "__main__":
    main()
