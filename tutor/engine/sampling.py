"""Chooses the next token of one answer: the likeliest one, or one drawn from the learner's own seeded generator."""

from __future__ import annotations

import torch
from torch import Tensor

from tutor.engine.base import GenerationRequest


def make_generator(request: GenerationRequest) -> torch.Generator | None:
    """Return the random source of a request, None when it is greedy; the same seed draws the same answer."""
    if request.temperature <= 0:
        return None
    return torch.Generator().manual_seed(request.seed)


def sample_token(logits: Tensor, request: GenerationRequest, generator: torch.Generator) -> int:
    """Draw from the smallest set of likeliest tokens that holds `top_p` of the probability."""
    scaled = logits.float().cpu() / request.temperature
    probabilities, order = torch.softmax(scaled, -1).sort(descending=True)
    before = probabilities.cumsum(-1) - probabilities
    probabilities[before >= max(request.top_p, 1e-6)] = 0.0
    return int(order[torch.multinomial(probabilities, 1, generator=generator)])
