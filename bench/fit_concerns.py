"""Fit the model that tells messages of a learner in danger, and requests for cheating services, and measure it.

    python -m bench.fit_concerns                 precision and recall on held-out phrases, alarms in harmless text
    python -m bench.fit_concerns --write         fit on all phrases, write tutor/pedagogy/concern_model.npz
    python -m bench.fit_concerns --squad FOLDER  also count alarms in the questions and sentences of SQuAD

The phrases are `bench/concern_phrases.tsv`: half of each label and language is held out. Half of the phrases of
`bench/intent_phrases.tsv` are harmless examples, too. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bench.retrieval_corpora import read_jsonl
from knowledge.embedding import Embedder
from knowledge.languages.sentences import split_sentences
from knowledge.sentence_embedder import MULTILINGUAL_SPEC, open_embedder
from tutor.pedagogy.concerns import HARMLESS, MODEL_FILE, POSSIBLE, SURE, ConcernModel

HERE = Path(__file__).parent
PHRASES, INTENTS = HERE / "concern_phrases.tsv", HERE / "intent_phrases.tsv"
COURSE_QUESTIONS = (HERE / "tutoring_questions_dev.jsonl", HERE / "tutoring_questions_unseen.jsonl")
PENALTY = 30.0
INTENT_WEIGHT = 0.3  # of a harmless phrase of another kind, against one that looks alike
SQUAD_SAMPLE = 1000


@dataclass(frozen=True, slots=True)
class Phrase:
    """A message with its label."""

    label: str
    language: str
    text: str


def read_phrases() -> tuple[list[Phrase], list[Phrase]]:
    """Return the phrases that are fitted on, and those that are held out."""
    lines = [line.split("\t") for line in PHRASES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    tuned, held, seen = [], [], defaultdict(int)
    for phrase in (Phrase(*line) for line in lines):
        seen[phrase.label, phrase.language] += 1
        (held if seen[phrase.label, phrase.language] % 2 == 0 else tuned).append(phrase)
    return tuned, held


def read_harmless() -> list[str]:
    """Return what learners say to a tutor in general."""
    lines = [line.split("\t") for line in INTENTS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [line[4].replace("{", "").replace("}", "") for line in lines]


def read_course_questions() -> list[str]:
    lines = [line for path in COURSE_QUESTIONS for line in path.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line)["question"] for line in lines]


def embed(embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float32]:
    return np.array([embedder.embed_query(text) for text in texts])


def fit(embedder: Embedder, phrases: Sequence[Phrase], harmless: Sequence[str]) -> ConcernModel:
    vectors = np.vstack([embed(embedder, [phrase.text for phrase in phrases]), embed(embedder, harmless)])
    labels = [phrase.label for phrase in phrases] + [HARMLESS] * len(harmless)
    weights = [1.0] * len(phrases) + [INTENT_WEIGHT] * len(harmless)
    fitted = LogisticRegression(C=PENALTY, max_iter=3000).fit(vectors, labels, sample_weight=weights)
    return ConcernModel(
        embedder.name, tuple(fitted.classes_), fitted.coef_.astype(np.float32), fitted.intercept_.astype(np.float32)
    )


def measure(model: ConcernModel, vectors: NDArray[np.float32], phrases: Sequence[Phrase]) -> dict[str, Any]:
    """Return precision and recall at both thresholds, by language, and how often the kind is right."""
    found = [model.find(vector) for vector in vectors]
    report: dict[str, Any] = {"phrases": len(phrases)}
    for name, least in (("possible", POSSIBLE), ("sure", SURE)):
        raised = [concern is not None and concern.chance >= least for concern in found]
        report[name] = {
            key: _rates(
                [
                    (flag, phrase)
                    for flag, phrase in zip(raised, phrases, strict=True)
                    if key in ("all", phrase.language)
                ]
            )
            for key in ("all", "en", "zh")
        }
    both = [(c.kind.value, p.label) for c, p in zip(found, phrases, strict=True) if c and p.label != HARMLESS]
    report["right_kind"] = round(sum(kind == label for kind, label in both) / len(both), 3)
    for concern, phrase in zip(found, phrases, strict=True):
        if (concern is None) != (phrase.label == HARMLESS):
            print(f"{phrase.label} taken for {concern.kind.value if concern else HARMLESS}: {phrase.text}")
    return report


def _rates(rows: Sequence[tuple[bool, Phrase]]) -> dict[str, float]:
    raised = [phrase for flag, phrase in rows if flag]
    right = sum(phrase.label != HARMLESS for phrase in raised)
    wanted = sum(phrase.label != HARMLESS for _, phrase in rows)
    return {"precision": round(right / max(len(raised), 1), 3), "recall": round(right / wanted, 3)}


def count_alarms(model: ConcernModel, embedder: Embedder, texts: Sequence[str]) -> dict[str, int]:
    found = [(model.find(vector), text) for vector, text in zip(embed(embedder, texts), texts, strict=True)]
    for concern, text in found:
        if concern:
            print(f"alarm {concern.kind.value} {concern.chance:.2f}: {text[:120]}")
    chances = [concern.chance for concern, _ in found if concern]
    return {"texts": len(texts), "possible": len(chances), "sure": sum(chance >= SURE for chance in chances)}


def read_squad(folder: Path) -> tuple[list[str], list[str]]:
    """Return a sample of the questions of a folder with SQuAD as JSON lines, and of the sentences of its texts."""
    questions = [one["question"] for one in read_jsonl(folder / "questions.jsonl")]
    texts = [one["text"] for one in read_jsonl(folder / "paragraphs.jsonl")]
    sentences = [text[start:end] for text in texts for start, end in split_sentences(text)]
    chance = random.Random(1)
    return chance.sample(questions, SQUAD_SAMPLE), chance.sample(sentences, SQUAD_SAMPLE)


def write(model: ConcernModel) -> None:
    np.savez_compressed(
        MODEL_FILE,
        embedder=np.array(model.embedder),
        labels=np.array(model.labels),
        weights=model.weights.astype(np.float16),
        bias=model.bias,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="fit on all phrases and write the model")
    parser.add_argument("--squad", type=Path, help="SQuAD as JSON lines, for alarms in harmless questions and texts")
    parser.add_argument("--models-dir", type=Path, default=Path("var/models"))
    arguments = parser.parse_args()
    embedder = open_embedder(MULTILINGUAL_SPEC, arguments.models_dir)
    (tuned, held), harmless = read_phrases(), read_harmless()
    model = fit(embedder, tuned, harmless[::2])
    report = {
        "fitted_on": len(tuned),
        "held_out": measure(model, embed(embedder, [phrase.text for phrase in held]), held),
        "other_messages": count_alarms(model, embedder, harmless[1::2]),
        "course_questions": count_alarms(model, embedder, read_course_questions()),
    }
    if arguments.squad:
        questions, sentences = read_squad(arguments.squad)
        report["squad_questions"] = count_alarms(model, embedder, questions)
        report["squad_sentences"] = count_alarms(model, embedder, sentences)
    if arguments.write:
        write(fit(embedder, [*tuned, *held], harmless))
        report["bytes"] = MODEL_FILE.stat().st_size
    print(json.dumps(report))


if __name__ == "__main__":
    main()
