"""Runs the model over rows: one chunk of some prompts, or one more token of every answer. Knows no queue or clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface

from tutor.engine.attention import DecodeStep, PrefillStep, grouped_attention
from tutor.engine.capacity import EngineCapacity
from tutor.engine.kv_cache import KvCache
from tutor.engine.lora_bank import LoraBank
from tutor.engine.lora_files import LoraWeights
from tutor.engine.model_loading import LoadedModel
from tutor.engine.prefix_cache import PrefixCache
from tutor.engine.slots import padded_width
from tutor.errors import ModelUnusable

ATTENTION_NAME = "tutor_rows"
_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


@dataclass(frozen=True, slots=True)
class PrefillInput:
    """Tokens `start` to `start + len(tokens)` of a prompt, to be read into `row`."""

    row: int
    start: int
    tokens: Sequence[int]


class ModelRunner:
    """A model with its KV cache, prefix cache and LoRA bank. Used by one thread."""

    def __init__(self, loaded: LoadedModel, capacity: EngineCapacity) -> None:
        self.model, self.capacity, self.device = loaded.model, capacity, loaded.device
        config = require_full_attention(loaded)
        AttentionInterface.register(ATTENTION_NAME, grouped_attention)
        self.model.config._attn_implementation = ATTENTION_NAME
        self.window = loaded.context_tokens
        units = (capacity.chunk, capacity.attention_span_unit or 1)  # chunks are padded, spans rounded up to these
        length = max(-(-self.window // unit) * unit for unit in units)
        self.kv = KvCache(config, capacity.slots, length, self.model.dtype, self.device)
        self.bank = LoraBank(self.model, capacity.slots, _DTYPES[capacity.bank_dtype], capacity.unpacked_bytes)
        self._no_mask = torch.empty(0, 0, 0, 0, dtype=torch.bool, device=self.device)
        self.prefix_cache = PrefixCache(capacity.chunk, capacity.prefix_cache_bytes)

    def admit(self, row: int, weights: LoraWeights | None, tokens: Sequence[int]) -> int:
        """Prepare a row for a prompt; return how many of its tokens came from the prefix cache."""
        self.bank.set_adapter(row, weights)
        return self.prefix_cache.restore(self.kv, row, _adapter_name(weights), tokens)

    def cache_prompt(self, row: int, tokens: Sequence[int]) -> None:
        self.prefix_cache.store(self.kv, row, _adapter_name(self.bank.adapter_at(row)), tokens)

    def prefetch_chunk(self, weights: LoraWeights | None, tokens: Sequence[int]) -> bool:
        """Read the first complete chunk of `tokens` that is not cached yet, in row 0, which must be free.

        Returns whether more chunks remain.
        """
        width = self.capacity.chunk
        whole = tokens[: len(tokens) // width * width]
        start = self.admit(0, weights, [*whole, 0])  # a dummy token: restoring leaves out the last one
        if start < len(whole):
            self.prefill([PrefillInput(0, start, whole[start : start + width])])
            self.cache_prompt(0, whole[: start + width])
        return start + width < len(whole)

    def swap(self, a: int, b: int, tokens: int, keep_both: bool) -> None:
        self.kv.swap(a, b, tokens, keep_both)
        self.bank.swap(a, b, keep_both)

    @torch.inference_mode()
    def prefill(self, inputs: Sequence[PrefillInput]) -> Tensor:
        """Read chunks of prompts, all of one padded width; return the logits of their last tokens, [chunks, words].

        Chunks of one prompt follow each other in order; the logits of those before its last one mean nothing.
        """
        rows = [one.row for one in inputs]
        (width,) = {padded_width(len(one.tokens), self.capacity.chunk) for one in inputs}
        step = PrefillStep(self.kv, rows, [one.start for one in inputs], width)
        padded = [[*r.tokens, *[0] * (width - len(r.tokens))] for r in inputs]
        ends = {one.row: len(one.tokens) - 1 for one in inputs}  # by the last chunk of each prompt
        positions = sorted(set(ends.values()))  # whose logits are computed
        logits = self._forward(rows, padded, step, torch.tensor(positions, device=self.device))
        return logits[torch.arange(len(rows)), torch.tensor([positions.index(ends[row]) for row in rows])]

    @torch.inference_mode()
    def decode(self, tokens: Sequence[int], positions: Sequence[int]) -> Tensor:
        """Compute rows 0..n-1 from their last tokens and positions; return logits, [n, words]."""
        rows = list(range(len(tokens)))
        step = DecodeStep(self.kv, positions, self.capacity.attention_span_unit)
        return self._forward(rows, [[token] for token in tokens], step, 1)[:, 0]

    def _forward(
        self, rows: list[int], tokens: list[list[int]], step: DecodeStep | PrefillStep, keep: int | Tensor
    ) -> Tensor:
        self.bank.select_rows(rows)
        output = self.model(
            input_ids=torch.tensor(tokens, device=self.device),
            attention_mask=self._no_mask,  # each group of rows has its own
            position_ids=step.positions,
            past_key_values=step,
            kv_step=step,
            use_cache=True,
            logits_to_keep=keep,
        )
        logits: Tensor = output.logits
        return logits


def _adapter_name(weights: LoraWeights | None) -> str:
    return weights.name if weights else ""


def require_full_attention(loaded: LoadedModel) -> Any:
    """Return the config of a model whose layers all use full attention. Raises ModelUnusable for any other."""
    config = loaded.model.config
    kinds = set(getattr(config, "layer_types", None) or ["full_attention"])
    if kinds != {"full_attention"} or not hasattr(config, "num_key_value_heads"):
        raise ModelUnusable(f"{loaded.name} is not a plain decoder with full attention; choose another model")
    return config
