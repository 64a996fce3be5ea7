"""Forward passes through the upper layers of a model only, from cached states of the lower ones.

An adapter on the upper layers leaves everything below unchanged, so what enters them is computed once per row, and a
training step costs a fraction of a pass through the whole model (docs/decisions/0034-upper-layer-adapters.md). A base
that is trained like this has an attribute `lower_states`; for any other, `lower_states_of` returns None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from adapters.dataset import EncodedExample
from adapters.padded_batch import PaddedBatch


@dataclass(frozen=True, slots=True)
class LowerPrompt:
    """What the lower layers make of a prompt without its last token."""

    states: Tensor  # what enters the upper layers, [tokens, width]
    keys: Tensor  # [lower layers, heads, tokens, size]
    values: Tensor


class LowerStates:
    """What enters the layer `first` of a model for each row, kept in memory once it has been computed."""

    def __init__(self, first: int) -> None:
        self.first = first
        self._known: dict[tuple[int, ...], Tensor] = {}
        self._prompts: dict[tuple[int, ...], LowerPrompt] = {}

    def of(self, model: Any, example: EncodedExample) -> Tensor:
        """Return the states of all tokens of a row but the last, fp32 [tokens, width]."""
        tokens = (*example.prompt, *example.answer[:-1])
        if tokens not in self._known:
            self._known[tokens] = self._compute(model, tokens, None)
        return self._known[tokens]

    def prompt_of(self, model: Any, example: EncodedExample) -> LowerPrompt:
        """Return what continuing a prompt needs of the lower layers; its row is then known as well."""
        from transformers import DynamicCache

        tokens, length = (*example.prompt, *example.answer[:-1]), len(example.prompt) - 1
        if example.prompt not in self._prompts:
            cache = DynamicCache()
            states = self._known[tokens] = self._compute(model, tokens, cache)
            kept = [cache.layers[number] for number in range(self.first)]
            empty = states.new_empty(0, 0, length, 0)
            keys = torch.stack([layer.keys[0, :, :length] for layer in kept]) if kept else empty
            values = torch.stack([layer.values[0, :, :length] for layer in kept]) if kept else empty
            self._prompts[example.prompt] = LowerPrompt(states[:length], keys, values)
        return self._prompts[example.prompt]

    def padded(self, model: Any, examples: Sequence[EncodedExample], length: int) -> Tensor:
        """Return the states of some rows, aligned as `pad_batch` aligns their tokens, [rows, length, width]."""
        before = max(1, max(len(example.prompt) - 1 for example in examples))
        rows = []
        for example in examples:
            left, states = before - len(example.prompt) + 1, self.of(model, example)
            rows.append(pad(states, (0, 0, left, length - left - len(states))))
        return torch.stack(rows)

    @torch.no_grad()
    def _compute(self, model: Any, tokens: tuple[int, ...], cache: Any) -> Tensor:
        """One row at a time: nothing is spent on padding."""
        core = _core(model)
        positions = torch.arange(len(tokens), device=model.device)[None]
        hidden = core.embed_tokens(torch.tensor([tokens], device=model.device))
        rotary = core.rotary_emb(hidden, positions)
        for layer in core.layers[: self.first]:
            hidden = layer(hidden, position_ids=positions, position_embeddings=rotary, past_key_values=cache)
        result: Tensor = hidden[0].float()
        return result


def lower_states_of(model: Any) -> LowerStates | None:
    """Return the cached states of a base that is trained on its upper layers only, with or without an adapter."""
    found: LowerStates | None = getattr(_causal(model), "lower_states", None)
    return found


def read_rows(
    model: Any,
    scored: Sequence[EncodedExample],
    continued: Sequence[EncodedExample],
    on_progress: Callable[[int, int], None],
) -> None:
    """Compute what is cached of rows that are scored and of prompts that are continued, and report tokens done of all.

    Does nothing for a base that is trained on all layers.
    """
    lower = lower_states_of(model)
    if lower is None:
        return
    known = {example.prompt for example in continued}
    rest = [example for example in scored if example.prompt not in known]
    total, done = sum(map(len, (*continued, *rest))), 0
    for example in (*continued, *rest):
        on_progress(done, total)
        if example.prompt in known:
            lower.prompt_of(model, example)
        else:
            lower.of(model, example)
        done += len(example)


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


def upper_prefill(model: Any, lower: LowerStates, examples: Sequence[EncodedExample], batch: PaddedBatch) -> Any:
    """Return the keys and values of the prompts in all layers; only those of the upper ones are computed anew."""
    from transformers import DynamicCache

    cache, length = DynamicCache(), batch.prompt.shape[1]
    prompts = [lower.prompt_of(model, example) for example in examples]
    for number in range(lower.first):
        keys = torch.stack([pad(one.keys[number], (0, 0, length - one.keys.shape[2], 0)) for one in prompts])
        values = torch.stack([pad(one.values[number], (0, 0, length - one.values.shape[2], 0)) for one in prompts])
        cache.update(keys, values, number)
    states = torch.stack([pad(one.states, (0, 0, length - len(one.states), 0)) for one in prompts])
    _read_prompts(_core(model), lower.first, states, batch.positions[:, :length], _seen(batch.mask[:, :length]), cache)
    return cache


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
