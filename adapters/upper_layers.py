"""Forward passes through the upper layers of a model only, from cached states of the lower ones.

An adapter on the upper layers leaves everything below unchanged, so what enters them is computed once per row, and a
training step costs a fraction of a pass through the whole model (docs/decisions/0034-upper-layer-adapters.md). A base
that is trained like this has an attribute `lower_states`; for any other, `lower_states_of` returns None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from adapters.dataset import EncodedExample
from adapters.padded_batch import PaddedBatch


class LowerStates:
    """What enters the layer `first` of a model for each row, kept in memory once it has been computed."""

    def __init__(self, first: int) -> None:
        self.first = first
        self._known: dict[tuple[int, ...], Tensor] = {}

    def of(self, model: Any, example: EncodedExample) -> Tensor:
        """Return the states of all tokens of a row but the last, fp32 [tokens, width]."""
        tokens = (*example.prompt, *example.answer[:-1])
        if tokens not in self._known:
            self._known[tokens] = self._compute(model, tokens)
        return self._known[tokens]

    def padded(self, model: Any, examples: Sequence[EncodedExample], length: int) -> Tensor:
        """Return the states of some rows, aligned as `pad_batch` aligns their tokens, [rows, length, width]."""
        before = max(1, max(len(example.prompt) - 1 for example in examples))
        rows = []
        for example in examples:
            left, states = before - len(example.prompt) + 1, self.of(model, example)
            rows.append(pad(states, (0, 0, left, length - left - len(states))))
        return torch.stack(rows)

    @torch.no_grad()
    def _compute(self, model: Any, tokens: tuple[int, ...]) -> Tensor:
        """One row at a time: nothing is spent on padding."""
        core = _core(model)
        positions = torch.arange(len(tokens), device=model.device)[None]
        hidden = core.embed_tokens(torch.tensor([tokens], device=model.device))
        rotary = core.rotary_emb(hidden, positions)
        for layer in core.layers[: self.first]:
            hidden = layer(hidden, position_ids=positions, position_embeddings=rotary)
        result: Tensor = hidden[0].float()
        return result


def lower_states_of(model: Any) -> LowerStates | None:
    """Return the cached states of a base that is trained on its upper layers only, with or without an adapter."""
    found: LowerStates | None = getattr(_causal(model), "lower_states", None)
    return found


def read_rows(model: Any, examples: Sequence[EncodedExample], on_row: Callable[[int, int], None]) -> None:
    """Compute the states of some rows, which takes about a second each; does nothing for a base without them."""
    lower = lower_states_of(model)
    if lower is None:
        return
    for number, example in enumerate(examples):
        on_row(number, len(examples))
        lower.of(model, example)


def upper_logits(
    model: Any, lower: LowerStates, examples: Sequence[EncodedExample], batch: PaddedBatch, *, train_prompt: bool
) -> Tensor:
    """Return the logits of the answers, row after row; gradients flow through prompts only with `train_prompt`."""
    from transformers import DynamicCache

    core, cache = _core(model), DynamicCache()
    states = lower.padded(model, examples, batch.mask.shape[1])
    seen = _seen(batch.mask)
    end = batch.prompt.shape[1]
    with torch.set_grad_enabled(train_prompt and torch.is_grad_enabled()):
        _read_prompts(core, lower.first, states[:, :end], batch.positions[:, :end], seen[..., :end, :end], cache)
    hidden, positions = states[:, end:], batch.positions[:, end:]
    rotary = core.rotary_emb(hidden, positions)
    for layer in core.layers[lower.first :]:
        hidden = layer(
            hidden,
            attention_mask=seen[..., end:, :],
            position_ids=positions,
            past_key_values=cache,
            position_embeddings=rotary,
        )
    logits: Tensor = _causal(model).lm_head(core.norm(hidden[batch.labels >= 0]))
    return logits


def _read_prompts(core: Any, first: int, hidden: Tensor, positions: Tensor, seen: Tensor, cache: Any) -> None:
    """Put the keys and values of the prompts into the cache; of the last layer nothing else is needed."""
    rotary = core.rotary_emb(hidden, positions)
    for layer in core.layers[first:-1]:
        hidden = layer(
            hidden, attention_mask=seen, position_ids=positions, past_key_values=cache, position_embeddings=rotary
        )
    _cache_keys_and_values(core.layers[-1], hidden, rotary, cache)


def _cache_keys_and_values(layer: Any, hidden: Tensor, rotary: tuple[Tensor, Tensor], cache: Any) -> None:
    from transformers.models.qwen2.modeling_qwen2 import apply_rotary_pos_emb

    attention, normed = layer.self_attn, layer.input_layernorm(hidden)
    shape = (*normed.shape[:-1], -1, attention.head_dim)
    keys = attention.k_proj(normed).view(shape).transpose(1, 2)
    values = attention.v_proj(normed).view(shape).transpose(1, 2)
    _, keys = apply_rotary_pos_emb(keys, keys, *rotary)
    cache.update(keys, values, attention.layer_idx)


def _seen(mask: Tensor) -> Tensor:
    """Return which positions each position attends to, bool [rows, 1, tokens, tokens]; padding sees itself only."""
    length = mask.shape[1]
    earlier = torch.ones(length, length, dtype=torch.bool, device=mask.device).tril()
    itself = torch.eye(length, dtype=torch.bool, device=mask.device)
    return ((mask.bool()[:, None, :] & earlier) | itself)[:, None]


def _causal(model: Any) -> Any:
    """Return the causal language model, which an adapter's wrapper may contain."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def _core(model: Any) -> Any:
    """Return the decoder: embedding, layers, last norm."""
    return _causal(model).model
