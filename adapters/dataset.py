"""Training rows: deduplication, the split, hashing, JSONL files, and encoding as tokens. No model is loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, cast, get_args

from adapters.errors import BaseUnusable, TrainingRefused
from adapters.records import ChatMessage, PreferencePair, Role, TrainingRow
from adapters.vault import CLEAR, Vault


class Tokenizer(Protocol):
    """The methods of a transformers tokenizer that are used here."""

    @property
    def all_special_tokens(self) -> list[str]: ...

    def apply_chat_template(self, conversation: list[dict[str, str]], **options: Any) -> Any: ...

    def __call__(self, text: str, **options: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class EncodedExample:
    """One row as tokens: the prompt, and the answer with its end-of-turn token."""

    row_id: str
    prompt: tuple[int, ...]
    answer: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.answer)


def deduplicate(rows: Iterable[TrainingRow]) -> tuple[TrainingRow, ...]:
    """Return the rows without those whose messages equal an earlier row's."""
    distinct: dict[tuple[ChatMessage, ...], TrainingRow] = {}
    for row in rows:
        distinct.setdefault(row.messages, row)
    return tuple(distinct.values())


def is_held_out(row_id: str, share: float) -> bool:
    """Whether a row is held out; its id alone decides, so adding rows never moves an old one."""
    digest = hashlib.sha256(f"held-out:{row_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def split_held_out(
    rows: Sequence[TrainingRow], share: float
) -> tuple[tuple[TrainingRow, ...], tuple[TrainingRow, ...]]:
    """Return the rows to train on and the held-out rows."""
    held_out = tuple(row for row in rows if is_held_out(row.id, share))
    return tuple(row for row in rows if not is_held_out(row.id, share)), held_out


def sample_rows(rows: Sequence[TrainingRow], count: int, seed: int) -> tuple[TrainingRow, ...]:
    """Return at most `count` of the rows in their order; ids and seed alone decide which."""
    shuffled = sorted(rows, key=lambda row: hashlib.sha256(f"{seed}:{row.id}".encode()).digest())
    chosen = {row.id for row in shuffled[:count]}
    return tuple(row for row in rows if row.id in chosen)


def content_hash(rows: Iterable[TrainingRow]) -> str:
    """Return the SHA-256 of the rows in any order."""
    lines = sorted(_to_line(row) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def write_rows(path: Path, rows: Iterable[TrainingRow], vault: Vault = CLEAR) -> None:
    """Write rows as JSONL, one `{"id": ..., "messages": [...]}` a line."""
    vault.write(path, "".join(_to_line(row) + "\n" for row in rows).encode())


def read_rows(path: Path, vault: Vault = CLEAR) -> tuple[TrainingRow, ...]:
    """Read rows; one without an id gets a hash of its line. Raises TrainingRefused with the line number."""
    lines = _read_lines(path, vault)
    return tuple(_from_line(path, number, line) for number, line in enumerate(lines, start=1) if line.strip())


def write_pairs(path: Path, pairs: Iterable[PreferencePair], vault: Vault = CLEAR) -> None:
    """Write pairs as JSONL, one `{"id": ..., "messages": [...], "chosen": ..., "rejected": ...}` a line."""
    lines = (
        {"id": p.id, "messages": [asdict(m) for m in p.prompt], "chosen": p.chosen, "rejected": p.rejected}
        for p in pairs
    )
    vault.write(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())


def read_pairs(path: Path, vault: Vault = CLEAR) -> tuple[PreferencePair, ...]:
    """Read pairs. Raises TrainingRefused with the line number."""
    found = []
    for number, line in enumerate(_read_lines(path, vault), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            prompt = tuple(_message(item) for item in value["messages"])
            found.append(PreferencePair(str(value["id"]), prompt, value["chosen"], value["rejected"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TrainingRefused(f"{path.name}, line {number} is not a pair of answers: {error}") from error
    return tuple(found)


def _read_lines(path: Path, vault: Vault) -> list[str]:
    return vault.read(path).decode("utf-8").replace("\r\n", "\n").split("\n")


def encode_row(row: TrainingRow, tokenizer: Tokenizer, max_tokens: int) -> EncodedExample:
    """Return the row as tokens of the chat template, with the prompt truncated from the left to fit `max_tokens`.

    Prompt and answer are tokenized separately, as at inference. Raises TrainingRefused when the answer alone does not
    fit, BaseUnusable for a chat template in which the answer does not follow the prompt.
    """
    messages = [{"role": m.role, "content": _escape_special_tokens(m.content, tokenizer)} for m in row.messages]
    prompt = tokenizer.apply_chat_template(messages[:-1], tokenize=False, add_generation_prompt=True)
    whole = tokenizer.apply_chat_template(messages, tokenize=False)
    if not whole.startswith(prompt):
        raise BaseUnusable("the answer does not follow the prompt in this model's chat template; use another model")
    answer_ids = _tokenize(tokenizer, whole[len(prompt) :].rstrip())
    max_prompt_tokens = max_tokens - len(answer_ids)
    if max_prompt_tokens < 1:
        raise TrainingRefused(
            f"the correction {row.id} is {len(answer_ids)} tokens long, but at most {max_tokens - 1} fit; shorten it"
        )
    return EncodedExample(row.id, _tokenize(tokenizer, prompt)[-max_prompt_tokens:], answer_ids)


def _tokenize(tokenizer: Tokenizer, text: str) -> tuple[int, ...]:
    return tuple(tokenizer(text, add_special_tokens=False)["input_ids"])


def _escape_special_tokens(text: str, tokenizer: Tokenizer) -> str:
    """Return text with a zero-width space in each special token, so that it cannot forge a role or end the turn."""
    for token in sorted(tokenizer.all_special_tokens, key=len, reverse=True):
        text = text.replace(token, token[:1] + "\u200b" + token[1:])
    return text


def _to_line(row: TrainingRow) -> str:
    messages = [{"role": message.role, "content": message.content} for message in row.messages]
    return json.dumps({"id": row.id, "messages": messages}, ensure_ascii=False, sort_keys=True)


def _from_line(path: Path, number: int, line: str) -> TrainingRow:
    try:
        value = json.loads(line)
        messages = tuple(_message(item) for item in value["messages"])
        fallback = hashlib.sha256(line.encode()).hexdigest()[:24]
        return TrainingRow(str(value.get("id") or fallback), messages)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrainingRefused(f"{path.name}, line {number} is not a row of chat messages: {error}") from error


def _message(item: dict[str, Any]) -> ChatMessage:
    role, content = item["role"], item["content"]
    if role not in get_args(Role) or not isinstance(content, str):
        raise ValueError(f"a message needs a role of {', '.join(get_args(Role))} and a text, got role {role!r}")
    return ChatMessage(cast(Role, role), content)
