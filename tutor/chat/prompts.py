"""Loads the prompt files of `prompts/<language>/` and renders them into messages.

A prompt file has YAML front matter (purpose, variables) and sections `=== system`, `=== user`, each a Jinja template.
Sections are split before they are rendered, so no text of a learner or a document can open one. A missing or unknown
variable raises; nothing is filled in silently.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from knowledge.languages import DEFAULT, language

PROMPTS_DIR = Path(__file__).resolve().parents[2] / "prompts"
PROMPTS_WITH_REPLY = ("answer", "hint")  # the learner reads what the model replies
REPLY_LANGUAGE_INSTRUCTION = "Write your reply in {language}."
_SECTION = re.compile(r"^=== (system|user|assistant)\n", re.MULTILINE)
_ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A parsed prompt file."""

    name: str
    purpose: str
    variables: frozenset[str]
    sections: tuple[tuple[str, Template], ...]
    system_suffix: str = ""  # added to the rendered system message

    def render(self, **values: Any) -> tuple[tuple[str, str], ...]:
        """Return (role, content) messages; raises ValueError unless exactly the declared variables are given."""
        if values.keys() != self.variables:
            raise ValueError(f"prompt {self.name} takes {sorted(self.variables)}, got {sorted(values)}")
        rendered = ((role, template.render(**values).strip()) for role, template in self.sections)
        return tuple((role, text + self.system_suffix if role == "system" else text) for role, text in rendered)


@cache
def load_prompt(name: str, language_code: str, directory: Path = PROMPTS_DIR) -> PromptTemplate:
    """Return the prompt of this name in a language.

    A language without the file uses the English prompt; where the learner reads the reply, the system message then
    asks for a reply in that language.
    """
    path = directory / language_code / f"{name}.jinja"
    if path.is_file() or language_code == DEFAULT:
        return _parse_file(path)
    english = load_prompt(name, DEFAULT, directory)
    if name not in PROMPTS_WITH_REPLY:
        return english
    return replace(
        english, system_suffix=" " + REPLY_LANGUAGE_INSTRUCTION.format(language=language(language_code).english_name)
    )


def _parse_file(path: Path) -> PromptTemplate:
    _, front_matter, body = path.read_text(encoding="utf-8").split("---\n", 2)
    declared = yaml.safe_load(front_matter)
    pieces = _SECTION.split(body)[1:]
    sections = tuple(
        (role, _ENVIRONMENT.from_string(text)) for role, text in zip(pieces[::2], pieces[1::2], strict=True)
    )
    name = f"{path.parent.name}/{path.stem}"
    return PromptTemplate(name, declared["purpose"], frozenset(declared["variables"]), sections)


def fingerprint(messages: Sequence[tuple[str, str]] | Sequence[Mapping[str, str]]) -> str:
    """Return the SHA-256 of rendered messages; it is stored with each answer."""
    return hashlib.sha256(json.dumps(list(messages), ensure_ascii=False).encode()).hexdigest()
