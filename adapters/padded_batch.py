"""Rows of different lengths as one batch: prompts padded on the left and answers on the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from adapters.dataset import EncodedExample


@dataclass(frozen=True, slots=True)
class PaddedBatch:
    """Some rows, padded so that all answers start at the same position."""

    prompt: torch.Tensor  # all but the last token of each prompt
    answer: torch.Tensor  # the last token of the prompt and all but the last of the answer
    labels: torch.Tensor
    mask: torch.Tensor
    positions: torch.Tensor


def pad_batch(examples: Sequence[EncodedExample], device: torch.device) -> PaddedBatch:
    """Return rows as a batch on a device."""
    before = max(1, max(len(example.prompt) - 1 for example in examples))
    after = max(len(example.answer) for example in examples)
    prompts, answers, labels, masks = [], [], [], []
    for example in examples:
        left, right = before - len(example.prompt) + 1, after - len(example.answer)
        prompts.append([0] * left + list(example.prompt[:-1]))
        answers.append([example.prompt[-1], *example.answer[:-1]] + [0] * right)
        labels.append([*example.answer] + [-100] * right)
        masks.append([0] * left + [1] * (len(example) - 1) + [0] * right)
    mask = torch.tensor(masks, device=device)
    return PaddedBatch(
        prompt=torch.tensor(prompts, device=device),
        answer=torch.tensor(answers, device=device),
        labels=torch.tensor(labels, device=device),
        mask=mask,
        positions=(mask.cumsum(-1) - 1).clamp(min=0),
    )
