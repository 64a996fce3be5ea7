"""Forward passes through the upper layers of a model only, from cached states of the lower ones.

An adapter on the upper layers leaves everything below unchanged, so what enters them is computed once per row, and a
training step costs a fraction of a pass through the whole model (docs/decisions/0034-upper-layer-adapters.md). A base
that is trained like this has an attribute `lower_states`; for any other, `lower_states_of` returns None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
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


@dataclass(frozen=True, slots=True)
class _Pass:
    """The latest pass through the lower layers; a row that begins with the same tokens continues it."""

    tokens: tuple[int, ...]
    states: Tensor  # [tokens, width]
    cache: Any  # keys and values by layer


class LowerStates:
    """What enters the layer `first` of a model for each row, kept in memory once it has been computed."""

    def __init__(self, first: int) -> None:
        self.first = first
        self._known: dict[tuple[int, ...], Tensor] = {}
        self._prompts: dict[tuple[int, ...], LowerPrompt] = {}
        self._latest: _Pass | None = None

    def of(self, model: Any, example: EncodedExample) -> Tensor:
        """Return the states of all tokens of a row but the last, fp32 [tokens, width]."""
        tokens = input_tokens(example)
        if tokens not in self._known:
            self._known[tokens] = self._compute(model, tokens).states
        return self._known[tokens]

    def prompt_of(self, model: Any, example: EncodedExample) -> LowerPrompt:
        """Return what continuing a prompt needs of the lower layers; its row is then known as well."""
        if example.prompt not in self._prompts:
            tokens, length = input_tokens(example), len(example.prompt) - 1
            computed = self._compute(model, tokens)
            self._known[tokens] = computed.states
            kept = [computed.cache.layers[number] for number in range(self.first)]
            empty = computed.states.new_empty(0, 0, length, 0)
            keys = torch.stack([layer.keys[0, :, :length] for layer in kept]) if kept else empty
            values = torch.stack([layer.values[0, :, :length] for layer in kept]) if kept else empty
            self._prompts[example.prompt] = LowerPrompt(computed.states[:length], keys, values)
        return self._prompts[example.prompt]

    @torch.no_grad()
    def _compute(self, model: Any, tokens: tuple[int, ...]) -> _Pass:
        """One row at a time, from where it differs from the one before: nothing is spent on padding."""
        from transformers import DynamicCache

        core, latest, cache = _core(model), self._latest, DynamicCache()
        begun = min(shared_beginning(latest.tokens, tokens), len(tokens) - 1) if latest else 0
        if latest and begun:
            for number, layer in enumerate(latest.cache.layers):
                cache.update(layer.keys[:, :, :begun], layer.values[:, :, :begun], number)
        positions = torch.arange(begun, len(tokens), device=model.device)[None]
        hidden = core.embed_tokens(torch.tensor([tokens[begun:]], device=model.device))
        rotary = core.rotary_emb(hidden, positions)
        seen = torch.ones(len(tokens), len(tokens), dtype=torch.bool, device=model.device).tril()[None, None, begun:]
        for layer in core.layers[: self.first]:
            hidden = layer(
                hidden,
                attention_mask=seen if begun else None,
                position_ids=positions,
                position_embeddings=rotary,
                past_key_values=cache,
            )
        states = hidden[0].float()
        if latest and begun:
            states = torch.cat([latest.states[:begun], states])
        self._latest = _Pass(tokens, states, cache)
        return self._latest


def input_tokens(example: EncodedExample) -> tuple[int, ...]:
    """Return the tokens of a row that a model reads: all but the last."""
    return (*example.prompt, *example.answer[:-1])


def shared_beginning(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many tokens two rows begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(one), len(other)))


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
    prompts = {example.prompt for example in continued}
    rows = {input_tokens(example): example for example in (*scored, *continued)}  # one row for each text
    order = sorted(rows)  # a row next to those that it shares most of its beginning with
    costs = [len(b) - shared_beginning(a, b) for a, b in pairwise(((), *order))]
    for number, tokens in enumerate(order):
        on_progress(sum(costs[:number]), sum(costs))
        if rows[tokens].prompt in prompts:
            lower.prompt_of(model, rows[tokens])
        else:
            lower.of(model, rows[tokens])


def upper_logits(
    model: Any, lower: LowerStates, examples: Sequence[EncodedExample], batch: PaddedBatch, *, train_prompt: bool
) -> Tensor:
    """Return the logits of the answers, row after row; gradients flow through prompts only with `train_prompt`."""
    core, states = _core(model), [lower.of(model, example) for example in examples]
    begins = [len(example.prompt) - 1 for example in examples]
    end, width = batch.prompt.shape[1], batch.answer.shape[1]
    prompts = [row[:begin] for row, begin in zip(states, begins, strict=True)]
    with torch.set_grad_enabled(train_prompt and torch.is_grad_enabled()):
        cache = _read_prompts(core, lower.first, prompts, end)
    answers = [row[begin:] for row, begin in zip(states, begins, strict=True)]
    hidden = torch.stack([pad(answer, (0, 0, 0, width - len(answer))) for answer in answers])
    positions, seen = batch.positions[:, end:], _seen(batch.mask)[..., end:, :]
    rotary = core.rotary_emb(hidden, positions)
    for layer in core.layers[lower.first :]:
        hidden = layer(
            hidden, attention_mask=seen, position_ids=positions, past_key_values=cache, position_embeddings=rotary
        )
    logits: Tensor = _causal(model).lm_head(core.norm(hidden[batch.labels >= 0]))
    return logits


def upper_prefill(model: Any, lower: LowerStates, examples: Sequence[EncodedExample], batch: PaddedBatch) -> Any:
    """Return the keys and values of the prompts in all layers; only those of the upper ones are computed anew."""
    length = batch.prompt.shape[1]
    prompts = [lower.prompt_of(model, example) for example in examples]
    cache = _read_prompts(_core(model), lower.first, [one.states for one in prompts], length)
    for number in range(lower.first):
        keys = torch.stack([pad(one.keys[number], (0, 0, length - one.keys.shape[2], 0)) for one in prompts])
        values = torch.stack([pad(one.values[number], (0, 0, length - one.values.shape[2], 0)) for one in prompts])
        cache.update(keys, values, number)
    return cache


def _read_prompts(core: Any, first: int, prompts: Sequence[Tensor], length: int) -> Any:
    """Return the keys and values of prompts in the upper layers, padded on the left to `length`.

    They are read one by one: nothing is spent on padding, which would be most of a batch of short and long ones.
    """
    from transformers import DynamicCache

    rows, cache = [_read_prompt(core, first, states) for states in prompts], DynamicCache()
    for number in range(first, len(core.layers)):
        layers = [row.layers[number] for row in rows]
        keys = torch.cat([pad(layer.keys, (0, 0, length - layer.keys.shape[2], 0)) for layer in layers])
        values = torch.cat([pad(layer.values, (0, 0, length - layer.values.shape[2], 0)) for layer in layers])
        cache.update(keys, values, number)
    return cache


def _read_prompt(core: Any, first: int, states: Tensor) -> Any:
    """Return the keys and values of one prompt in the upper layers; of the last one nothing else is needed."""
    from transformers import DynamicCache

    hidden, cache = pad(states, (0, 0, max(0, 1 - len(states)), 0))[None], DynamicCache()
    positions = torch.arange(hidden.shape[1], device=hidden.device)[None]
    rotary = core.rotary_emb(hidden, positions)
    for layer in core.layers[first:-1]:
        hidden = layer(hidden, position_ids=positions, past_key_values=cache, position_embeddings=rotary)
    _cache_keys_and_values(core.layers[-1], hidden, rotary, cache)
    return cache


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
