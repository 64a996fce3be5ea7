"""Runs the model over rows: a chunk of some prompts, or one more token of everybody. Knows no queue and no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface

from tutor.engine.capacity import Shape
from tutor.engine.kv_cache import DecodeStep, KvRows, PrefillStep, PrefixShelf, rows_attention
from tutor.engine.lora_bank import LoraBank
from tutor.engine.lora_files import LoraWeights
from tutor.engine.model_loading import LoadedModel
from tutor.engine.slots import width_of
from tutor.errors import ModelUnusable

ATTENTION = "tutor_rows"
_NUMBERS = {"fp32": torch.float32, "bf16": torch.bfloat16}


@dataclass(frozen=True, slots=True)
class Reading:
    """Tokens `start` to `start + len(tokens)` of a prompt, to be read into `row`."""

    row: int
    start: int
    tokens: Sequence[int]


class Runner:
    """A model, its KV rows and its LoRA bank. Used by one thread."""

    def __init__(self, loaded: LoadedModel, shape: Shape) -> None:
        self.model, self.shape, self.device = loaded.model, shape, loaded.device
        config = plain_decoder(loaded)
        AttentionInterface.register(ATTENTION, rows_attention)
        self.model.config._attn_implementation = ATTENTION
        self.window = loaded.context_tokens
        units = (shape.chunk, shape.span_unit or 1)  # the last chunk is padded, the last span rounded up
        length = max(-(-self.window // unit) * unit for unit in units)
        self.kv = KvRows(config, shape.slots, length, self.model.dtype, self.device)
        self.bank = LoraBank(self.model, shape.slots, _NUMBERS[shape.bank_dtype], shape.unpacked_bytes)
        self._no_mask = torch.empty(0, 0, 0, 0, dtype=torch.bool, device=self.device)
        self.shelf = PrefixShelf(shape.chunk, shape.shelf_bytes)

    def admit(self, row: int, weights: LoraWeights | None, tokens: Sequence[int]) -> int:
        """Prepare a row; return how many tokens of its prompt were still known."""
        self.bank.put(row, weights)
        return self.shelf.restore(self.kv, row, _version(weights), tokens)

    def keep_prompt(self, row: int, tokens: Sequence[int]) -> None:
        self.shelf.keep(self.kv, row, _version(self.bank.holds(row)), tokens)

    def read_ahead(self, weights: LoraWeights | None, tokens: Sequence[int]) -> bool:
        """Read the first whole chunk of `tokens` that is not known yet, in row 0, which must be free.

        Returns whether there is more to read.
        """
        width = self.shape.chunk
        whole = tokens[: len(tokens) // width * width]
        start = self.admit(0, weights, [*whole, 0])  # restoring leaves the last token out: a stand-in
        if start < len(whole):
            self.prefill([Reading(0, start, whole[start : start + width])])
            self.keep_prompt(0, whole[: start + width])
        return start + width < len(whole)

    def swap(self, a: int, b: int, tokens: int, keep_both: bool) -> None:
        self.kv.swap(a, b, tokens, keep_both)
        self.bank.swap(a, b, keep_both)

    @torch.inference_mode()
    def prefill(self, readings: Sequence[Reading]) -> Tensor:
        """Read a chunk of each prompt, all of one width; return the logits behind each last token, [prompts, words]."""
        rows = [reading.row for reading in readings]
        (width,) = {width_of(len(reading.tokens), self.shape.chunk) for reading in readings}
        step = PrefillStep(self.kv, rows, [reading.start for reading in readings], width)
        padded = [[*r.tokens, *[0] * (width - len(r.tokens))] for r in readings]
        ends = [len(r.tokens) - 1 for r in readings]
        kept = sorted(set(ends))
        logits = self._forward(rows, padded, step, torch.tensor(kept, device=self.device))
        return logits[torch.arange(len(ends)), torch.tensor([kept.index(end) for end in ends])]

    @torch.inference_mode()
    def decode(self, tokens: Sequence[int], positions: Sequence[int]) -> Tensor:
        """Compute rows 0..n-1, each with its last token at its position; return logits, [n, vocabulary]."""
        rows = list(range(len(tokens)))
        step = DecodeStep(self.kv, positions, self.shape.span_unit)
        return self._forward(rows, [[token] for token in tokens], step, 1)[:, 0]

    def weight_bytes(self) -> int:
        """Return the bytes of weights that one step reads, adapters aside."""
        held = {tensor.data_ptr(): tensor.nbytes for tensor in self.model.parameters()}  # tied ones once
        return int(sum(held.values())) + self.bank.base_bytes()

    def _forward(
        self, rows: list[int], tokens: list[list[int]], step: DecodeStep | PrefillStep, keep: int | Tensor
    ) -> Tensor:
        self.bank.select(rows)
        output = self.model(
            input_ids=torch.tensor(tokens, device=self.device),
            attention_mask=self._no_mask,  # each group of rows brings its own
            position_ids=step.positions,
            past_key_values=step,
            kv_step=step,
            use_cache=True,
            logits_to_keep=keep,
        )
        logits: Tensor = output.logits
        return logits


def _version(weights: LoraWeights | None) -> str:
    return weights.name if weights else ""


def plain_decoder(loaded: LoadedModel) -> Any:
    """Return the config of a model whose layers all attend to the whole context, or refuse it."""
    config = loaded.model.config
    kinds = set(getattr(config, "layer_types", None) or ["full_attention"])
    if kinds != {"full_attention"} or not hasattr(config, "num_key_value_heads"):
        raise ModelUnusable(f"{loaded.name} is not a plain decoder with full attention; choose another model")
    return config
