"""Text of a model, a learner or a document made safe to show as Markdown.

Nothing visible is removed: what would become a tag, a link or an image is broken up by a word joiner (an invisible
character) and stays plain text. Characters that hide text are dropped. Code and formulas keep their meaning. The
browser's sanitiser and the content security policy are further lines of defence.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it import MarkdownIt

WORD_JOINER = "\u2060"

_HIDDEN_CHARS = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f"  # control characters other than tab and newline
    "\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"  # bidi marks, zero width
    "\ud800-\udfff\U000e0000-\U000e01ef]"  # lone surrogates; tags and supplementary variation selectors
)
_FENCE = (
    r"(?P<fence>(?<![^\n])(?P<ticks>`{3,}|~{3,})(?P<info>[^\n`]*)\n(?P<code>[\s\S]*?)"
    r"(?:\n(?P=ticks)[`~]*[ \t]*(?=\n|$)|$))"
)
_SPAN = r"(?P<span>(?<![\\`])(?P<run>`{1,2})(?!`)(?:(?!\n[ \t]*\n)[\s\S])+?(?<!`)(?P=run)(?!`))"
_MATH = r"(?P<math>\$\$(?P<display>[^$]+?)\$\$|\\\[(?P<square>[\s\S]+?)\\\]|\\\((?P<round>[^\n]+?)\\\))"
_DOLLAR = r"(?P<dollar>(?<![\\$\w])\$(?P<inline>[^\s$](?:[^$\n]{0,200}?[^\s$\\])?)\$(?![\d$]))"
_CODE_OR_MATH = re.compile("|".join((_FENCE, _SPAN, _MATH, _DOLLAR)))
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
    (re.compile(r"\bwww(?=\.)", re.IGNORECASE), "www" + WORD_JOINER),
    (re.compile(r"(?<=\S)@(?=\S)"), "@" + WORD_JOINER),
    (re.compile(r"\b(javascript|data|vbscript|mailto)(?=:)", re.IGNORECASE), r"\1" + WORD_JOINER),
    (re.compile(r"&(?=#?\w+;)"), "&" + WORD_JOINER),  # entities
)
_PARSER = MarkdownIt("commonmark", {"html": True})


def strip_hidden(text: str) -> str:
    """Drop invisible characters that can hide or reverse text; line ends become newlines."""
    return _HIDDEN_CHARS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def sanitize_markdown(text: str, rewrite_plain: Callable[[str], str] = lambda plain: plain) -> str:
    """Return Markdown that shows `text` and loads, links and runs nothing.

    `rewrite_plain` rewrites the sanitised text between code and formulas, for example to insert our own citation links.
    """
    text = strip_hidden(text)
    made = _assemble(text, lambda plain: plain)
    if _has_active_markup(made):
        return rewrite_plain(_neutralize_all(text))
    return _assemble(text, rewrite_plain)


def _assemble(text: str, rewrite_plain: Callable[[str], str]) -> str:
    parts, last = [], 0
    for match in _CODE_OR_MATH.finditer(text):
        parts += [rewrite_plain(_neutralize(text[last : match.start()])), _sanitize_code_or_math(match)]
        last = match.end()
    return "".join([*parts, rewrite_plain(_neutralize(text[last:]))])


def _neutralize(plain: str) -> str:
    for pattern, replacement in _NEUTRALIZERS:
        plain = pattern.sub(replacement, plain)
    return plain


def _neutralize_all(text: str) -> str:
    """Break up all code, formulas and bracketed markup; used if a second parser still finds active markup."""
    return re.sub(r"[<\[\]`$\\]", lambda match: WORD_JOINER + match.group() + WORD_JOINER, _neutralize(text))


def _sanitize_code_or_math(match: re.Match[str]) -> str:
    """Return a safe version of a piece of code or a formula."""
    if match["fence"] is not None:
        return _sanitize_fence(match)
    if match["span"] is not None:
        return match["span"]
    formula = match["display"] or match["square"] or match["round"] or match["inline"]
    if _FORBIDDEN_TEX.search(formula):
        return "`" + formula.replace("`", "'").strip().replace("\n", " ") + "`"
    formula = re.sub(r"<(?=[A-Za-z/!?])", "< ", formula)
    return rf"\({formula}\)" if match["dollar"] is not None else match["math"][:2] + formula + match["math"][-2:]


def _sanitize_fence(match: re.Match[str]) -> str:
    language = match["info"].strip()
    if not _LANGUAGE.fullmatch(language) or language.lower() == "mermaid":
        language = ""
    return f"{match['ticks']}{language}\n{match['code']}\n{match['ticks']}"


def _has_active_markup(markdown: str) -> bool:
    """Whether a second parser still finds a link, an image or a tag."""
    tokens = [inner for token in _PARSER.parse(markdown) for inner in (token, *(token.children or ()))]
    return any(token.type in {"html_block", "html_inline", "link_open", "image"} for token in tokens)
