"""Text of a model, a learner or a document made safe to show as Markdown.

Nothing visible is removed: what would become a tag, a link or an image is broken up by a word joiner (an invisible
character) and stays plain text. Characters that hide text are dropped. Code and formulas stay as they are where the
browser is sure to read them as code and formulas too, and are broken up where it may not. The browser's sanitiser and
the content security policy are further lines of defence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from markdown_it import MarkdownIt

from tutor.ui.markdown_segments import (
    FORMULA_PLACEHOLDER,
    NONCHARACTERS,
    Segment,
    SegmentKind,
    reads_alike,
    split_markdown,
)

WORD_JOINER = "\u2060"

_HIDDEN_CHARS = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f"  # control characters other than tab and newline
    "\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"  # bidi marks, zero width
    f"{NONCHARACTERS}\ud800-\udfff"  # lone surrogates
    "\U000e0000-\U000e01ef]"  # tags and supplementary variation selectors
)
_LANGUAGE = re.compile(r"[A-Za-z0-9+#-]{1,20}")
_FORBIDDEN_TEX = re.compile(
    r"\\(?:href|url|includegraphics|html\w*|[gex]?def|let|futurelet|(?:re)?newcommand|providecommand|input|include"
    r"|catcode|write|openin|read|csname)(?![a-z])",
    re.IGNORECASE,
)
_NEUTRALIZERS = (
    (re.compile(r"<(?=[A-Za-z/!?])"), "<" + WORD_JOINER),  # tags, comments, <autolinks>
    (re.compile(r"\](?=[(\[:])"), "]" + WORD_JOINER),  # links, images, references and their definitions
    (re.compile(r":(?=//)"), ":" + WORD_JOINER),  # bare addresses
    (re.compile(r"www(?=\.)", re.IGNORECASE), "www" + WORD_JOINER),
    (re.compile(r"(?<=\S)@(?=\S)"), "@" + WORD_JOINER),
    (re.compile(r"\b(javascript|data|vbscript|mailto)(?=:)", re.IGNORECASE), r"\1" + WORD_JOINER),
    (re.compile(r"&(?=#?\w{1,40};)"), "&" + WORD_JOINER),  # entities
    (re.compile(FORMULA_PLACEHOLDER), FORMULA_PLACEHOLDER + WORD_JOINER),
)
_ACTIVE = re.compile(r"<[A-Za-z/!?]|\][(\[:]")  # without one of these there is no tag, link or image
_MAX_PARSED_CHARS = 20_000
_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def strip_hidden(text: str) -> str:
    """Drop invisible characters that can hide or reverse text; line ends become newlines."""
    return _HIDDEN_CHARS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def sanitize_markdown(text: str, rewrite_plain: Callable[[str], str] = lambda plain: plain) -> str:
    """Return Markdown that shows `text` and loads, links and runs nothing.

    `rewrite_plain` rewrites the sanitised text between code and formulas, for example to insert our own citation links.
    """
    text = strip_hidden(text)
    segments = [_restrict(segment) for segment in split_markdown(text)]
    if not reads_alike(segments):
        segments = [s if s.kind is SegmentKind.PLAIN else replace(s, content=_neutralize(s.content)) for s in segments]
    if _has_active_markup(_assemble(segments, lambda plain: plain)):
        return rewrite_plain(_neutralize_all(text))
    return _assemble(segments, rewrite_plain)


def _assemble(segments: Sequence[Segment], rewrite_plain: Callable[[str], str]) -> str:
    return "".join(
        rewrite_plain(_neutralize(segment.content)) if segment.kind is SegmentKind.PLAIN else segment.text
        for segment in segments
    )


def _neutralize(plain: str) -> str:
    for pattern, replacement in _NEUTRALIZERS:
        plain = pattern.sub(replacement, plain)
    return plain


def _neutralize_all(text: str) -> str:
    """Break up all code, formulas and bracketed markup; used if a second parser still finds active markup."""
    return re.sub(r"[<\[\]`$\\]", lambda match: WORD_JOINER + match.group() + WORD_JOINER, _neutralize(text))


def _restrict(segment: Segment) -> Segment:
    """Return code without diagrams, and formulas without commands that link, load or define."""
    if segment.kind is SegmentKind.FENCE:
        is_named = _LANGUAGE.fullmatch(segment.language) and segment.language.lower() != "mermaid"
        return segment if is_named else replace(segment, language="")
    if segment.kind is not SegmentKind.FORMULA:
        return segment
    if _FORBIDDEN_TEX.search(segment.content):
        shown = segment.content.replace("`", "'").strip().replace("\n", " ")
        return Segment(SegmentKind.SPAN, shown or " ", "`", "`")
    return replace(segment, content=re.sub(r"<(?=[A-Za-z/!?])", "< ", segment.content))


def _has_active_markup(markdown: str) -> bool:
    """Whether a second parser still finds a link, an image or a tag, or the text is too long to be parsed."""
    if not _ACTIVE.search(markdown):
        return False
    if len(markdown) > _MAX_PARSED_CHARS:
        return True
    tokens = [inner for token in _PARSER.parse(markdown) for inner in (token, *(token.children or ()))]
    return any(token.type in {"html_block", "html_inline", "link_open", "image"} for token in tokens)
