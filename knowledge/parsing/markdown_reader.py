"""Markdown: headings become sections, tables and code stay whole, formulas stay as they are, markup is removed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from knowledge.document_titles import title_of_top_line
from knowledge.documents import Block, ParsedDocument
from knowledge.parsing import html_reader
from knowledge.parsing.mkdocs_blocks import open_blocks
from knowledge.parsing.runs import Run, join_runs, key_terms
from knowledge.parsing.section_tracker import HeadingStack, SectionTracker
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_code, clean_line, clean_text, format_table, join_lines

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
_TOP_COMMENT = re.compile(r"\A\ufeff?\s*<!--(.{1,400}?)-->", re.DOTALL)
_ROLE = re.compile(r":[a-z]{3,12}:`[^`\n]*`|(?<=\S)[ \t]*\{[#.][\w:. -]*\}[ \t]*$", re.MULTILINE)
_MATH = re.compile(
    r"\$\$.{1,4000}?\$\$|\$(?=\S)[^$\n]{0,500}?(?<=\S)\$(?!\d)|\\\(.{1,1000}?\\\)|\\\[.{1,4000}?\\\]", re.DOTALL
)
_SCRIPT = re.compile(r"\^([+−-]?\w{1,12}[+−-]?)\^(?![\w^])|~([+−-]?\w{1,12})~(?!~)")
_MATHML = re.compile(r"<math\b[^>]{0,400}>.{0,20000}?</math>", re.DOTALL | re.IGNORECASE)
_NOTE_REFERENCE = re.compile(r"\[\^[^\]\s]{1,40}\](?!:)")
_NOTE = re.compile(r"\[\^[^\]\s]{1,40}\]:[ \t]*")
_TAG = re.compile(r"<(/?)(sup|sub|br|b|strong|i|em|dfn|u)\b[^>]{0,200}>", re.IGNORECASE)

_DEFINED = re.compile(r"(?<=\S)[ \t]*\x00[ \t]*:[ \t]+(?=\S)")  # "term\n: what it means", as in Pandoc and kramdown
_BLOCK_END = re.compile(r"[ \t]*\x00[ \t]*\^[ \t]*$")  # of kramdown

_SOFT_BREAK = "\x00"  # a line break that only wraps; the parser removes this character from its input


def read(source: SourceFile, text: str) -> ParsedDocument:
    """Read one Markdown file; its title is that of the front matter, of a comment at the top, or the first heading."""
    text, title = _split_front_matter(text.replace("\r\n", "\n"))
    comment = _TOP_COMMENT.match(text)
    title = title or (title_of_top_line(comment.group(1)) if comment else "")
    sections = SectionTracker()
    blocks = parse_markdown_blocks(text, sections)
    source.report(1, 1)
    first = next((block.heading[0] for block in blocks if block.heading), "")
    return ParsedDocument(title or first or source.stem, source.media_type, tuple(blocks), 1)


def parse_markdown_blocks(text: str, sections: SectionTracker) -> list[Block]:
    """Return the blocks of a piece of Markdown, entering its headings into `sections`."""
    walk = _MarkdownBlockBuilder(sections)
    for token in _parser().parse(open_blocks(_ROLE.sub("", text))):
        walk.add_token(token)
    walk.flush()
    return walk.blocks


def _split_front_matter(text: str) -> tuple[str, str]:
    found = _FRONT_MATTER.match(text)
    if found is None:
        return text, ""
    try:
        fields = yaml.safe_load(found.group(1))
    except yaml.YAMLError:
        return text, ""
    title = fields.get("title", "") if isinstance(fields, dict) else ""
    return text[found.end() :], clean_line(str(title))


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.inline.ruler.before("escape", "formula", _formula)
    parser.inline.ruler.before("escape", "script", _script)
    parser.inline.ruler.before("html_inline", "mathml", _mathml)
    parser.inline.ruler.before("link", "note_reference", _note_reference)
    parser.block.ruler.before("fence", "formula_block", _formula_block, {"alt": ["paragraph", "list"]})
    parser.block.ruler.before("reference", "note", _note, {"alt": ["paragraph"]})
    return parser


def _formula(state: StateInline, silent: bool) -> bool:
    """Inline rule: a formula is text; its underscores and asterisks are not emphasis."""
    if state.src[state.pos] not in "$\\":
        return False
    found = _MATH.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("text", "", 0).content = found.group()
    state.pos = found.end()
    return True


def _mathml(state: StateInline, silent: bool) -> bool:
    """Inline rule: a formula in MathML is read as on a web page."""
    found = _MATHML.match(state.src, state.pos) if state.src[state.pos] == "<" else None
    if found is None:
        return False
    if not silent:
        state.push("text", "", 0).content = " ".join(html_reader.html_to_paragraphs(found.group()))
    state.pos = found.end()
    return True


def _script(state: StateInline, silent: bool) -> bool:
    """Inline rule: 10^23^ is raised, H~2~O is lowered, as in Pandoc."""
    found = _SCRIPT.match(state.src, state.pos) if state.src[state.pos] in "^~" and state.pos else None
    if found is None or state.src[state.pos - 1].isspace():
        return False
    if not silent:
        tag = "sup" if found.group(1) else "sub"
        state.push("html_inline", "", 0).content = f"<{tag}>"
        state.push("text", "", 0).content = found.group(1) or found.group(2)
        state.push("html_inline", "", 0).content = f"</{tag}>"
    state.pos = found.end()
    return True


def _note_reference(state: StateInline, silent: bool) -> bool:
    """Inline rule: the reference to a note is left out."""
    found = _NOTE_REFERENCE.match(state.src, state.pos)
    if found is None:
        return False
    state.pos = found.end()
    return True


def _note(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Block rule: the first line of a note is a paragraph without its mark."""
    found = _NOTE.match(_line(state, first))
    if found is None:
        return False
    if silent:
        return True  # it ends the paragraph before it
    state.bMarks[first] += state.tShift[first] + found.end()
    state.tShift[first] = 0
    return False


def _formula_block(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Block rule: all lines from $$ to $$ are one formula."""
    if not _line(state, first).startswith("$$") or _line(state, first).count("$$") != 1:
        return False
    end = next((n for n in range(first + 1, last) if "$$" in _line(state, n)), None)
    if end is None:
        return False
    if not silent:
        token = state.push("formula_block", "", 0)
        token.content = "\n".join(_line(state, n) for n in range(first, end + 1))
    state.line = end + 1
    return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


@dataclass(slots=True)
class _MarkdownBlockBuilder:
    """Turns the parser's tokens into blocks; a list or a quotation is one block."""

    sections: SectionTracker
    blocks: list[Block] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)
    _terms: list[str] = field(default_factory=list)  # that are emphasised in these lines
    _rows: list[list[str]] = field(default_factory=list)
    _heading: int = 0
    _depth: int = 0  # of open lists and quotations
    _bullets: list[int] = field(default_factory=list)  # of the open lists: 0 for a dash, or the next number
    _mark: str = ""
    _outside: list[HeadingStack] = field(default_factory=list)  # the headings around each open list or quotation

    def add_token(self, token: Token) -> None:
        """Add the next token."""
        match token.type:
            case "heading_open":
                self._heading = int(token.tag[1])
            case "inline":
                self._inline(token)
            case "fence" | "code_block":
                self._code(token)
            case "formula_block":
                self._add(clean_text(token.content))
            case "html_block":
                self._add("\n".join(html_reader.html_to_paragraphs(token.content)))
            case "tr_open":
                self._rows.append([])
            case "table_close":
                self._add(format_table(self._rows))
                self._rows = []
            case "bullet_list_open" | "ordered_list_open" | "blockquote_open":
                self._open(token)
            case "bullet_list_close" | "ordered_list_close" | "blockquote_close":
                self._close(token)
            case "list_item_open":
                self._item()

    def flush(self) -> None:
        """Close the current block."""
        text = "\n".join(self._lines)
        terms = tuple(dict.fromkeys(self._terms))
        self._lines, self._terms = [], []
        if text.strip():
            self.blocks.append(Block(text, self.sections.next_locator(), self.sections.heading_path, terms))

    def _inline(self, token: Token) -> None:
        runs = _runs(token.children or ())
        text = clean_text(_text_of(runs))
        if self._heading:
            self.flush()
            self.sections.enter(self._heading, clean_line(text))
            self._heading = 0
        elif self._rows:
            self._rows[-1].append(text)
        else:
            self._terms += key_terms(replace(run, text=run.text.replace(_SOFT_BREAK, " ")) for run in runs)
            self._add(self._mark + text)
            self._mark = ""

    def _add(self, text: str) -> None:
        if text:
            self._lines.append(text)
        if not self._depth:
            self.flush()

    def _code(self, token: Token) -> None:
        code = clean_code(token.content)
        self._add(f"```{token.info.split(' ')[0]}\n{code}\n```" if code.strip() else "")

    def _open(self, token: Token) -> None:
        if not self._depth:
            self.flush()
        self._depth += 1
        self._outside.append(self.sections.open_headings)
        if token.type == "ordered_list_open":
            self._bullets.append(int(token.attrs.get("start", 1)))
        elif token.type == "bullet_list_open":
            self._bullets.append(0)

    def _close(self, token: Token) -> None:
        """Close a list or a quotation: a heading in it does not name what follows."""
        self._depth -= 1
        outside = self._outside.pop()
        if token.type != "blockquote_close":
            self._bullets.pop()
        if not self._depth:
            self.flush()
        self.sections.leave_to(outside)

    def _item(self) -> None:
        number = self._bullets[-1]
        indent = "  " * (len(self._bullets) - 1)
        self._mark = f"{indent}{number}. " if number else f"{indent}- "
        self._bullets[-1] += 1 if number else 0


def plain_text(tokens: Sequence[Token]) -> str:
    """Return inline tokens without markup: links and images by their text, formulas as they are."""
    return _text_of(_runs(tokens))


def _text_of(runs: Sequence[Run]) -> str:
    text = _BLOCK_END.sub("", join_runs(runs))
    return join_lines(_DEFINED.sub(": ", text).split(_SOFT_BREAK))


def _runs(tokens: Sequence[Token]) -> list[Run]:
    """Return the pieces of inline tokens, with what is raised, lowered or emphasised by marks or tags."""
    runs: list[Run] = []
    shift = depth = 0
    for token in tokens:
        match token.type:
            case "text" | "code_inline" | "text_special":
                runs.append(Run(token.content, shift, emphasised=depth > 0))
            case "softbreak":
                runs.append(Run(_SOFT_BREAK, emphasised=depth > 0))
            case "hardbreak":
                runs.append(Run("\n"))
            case "image":
                runs.append(Run(plain_text(token.children or ())))
            case "strong_open" | "em_open":
                depth += 1
            case "strong_close" | "em_close":
                depth -= 1
            case "html_inline" if tag := _TAG.fullmatch(token.content):
                match tag.group(2).lower():
                    case "br":
                        runs.append(Run("\n"))
                    case "sup" | "sub":
                        shift = _shift_after(tag)
                    case _:
                        depth = max(0, depth - 1) if tag.group(1) else depth + 1
    return runs


def _shift_after(tag: re.Match[str]) -> int:
    """Return the height of the text after a tag: 1 for raised, -1 for lowered."""
    return {"sup": 1, "sub": -1}.get(tag.group(2).lower(), 0) if not tag.group(1) else 0
