"""Samples the next token of one answer with the request's own seeded generator."""

from __future__ import annotations

import torch
from torch import Tensor

from tutor.engine.base import GenerationRequest


def make_generator(request: GenerationRequest) -> torch.Generator | None:
    """Return the random generator of a request, or None for greedy decoding; the same seed gives the same answer."""
    if request.temperature <= 0:
        return None
    return torch.Generator().manual_seed(request.seed)


def sample_token(logits: Tensor, request: GenerationRequest, generator: torch.Generator) -> int:
    """Draw a token by nucleus sampling (Holtzman et al. 2020): from the likeliest tokens that hold `top_p` together."""
    scaled = logits.float().cpu() / request.temperature
    probabilities, order = torch.softmax(scaled, -1).sort(descending=True)
    before = probabilities.cumsum(-1) - probabilities
    probabilities[before >= max(request.top_p, 1e-6)] = 0.0
    return int(order[torch.multinomial(probabilities, 1, generator=generator)])
