"""Centring: what all questions, or all passages, of a language have in common is taken out of their vectors.

The vectors of multilingual-e5-small share a large part that says which language a text is in and whether it is a
question. Across languages it outweighs the meaning. Subtracting the mean of each kind of text, measured once by
`bench/fit_centres.py`, leaves what distinguishes a text from others of its kind.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.embedding import Vectors, l2_normalize
from knowledge.languages import script_share
from knowledge.languages.scripts import UNSPACED

KINDS = ("question", "passage", "question_token", "passage_token")


@dataclass(frozen=True, slots=True)
class Centres:
    """The mean unit vector of each kind of text, in scripts with spaces (row 0) and without (row 1)."""

    means: Mapping[str, Vectors]

    def center(self, vectors: Vectors, kind: str, text: str) -> Vectors:
        """Return vectors of parts of `text` without the mean of their kind, as unit vectors."""
        share = script_share(text, UNSPACED)
        spaced, unspaced = self.means[kind]
        return l2_normalize(l2_normalize(vectors) - ((1 - share) * spaced + share * unspaced))


@functools.cache
def load_centres() -> Centres:
    """Return the stored means."""
    with np.load(Path(__file__).with_name("e5_centres.npz"), allow_pickle=False) as stored:
        return Centres({kind: stored[kind].astype(np.float32) for kind in KINDS})
