"""The blocks of MkDocs in Markdown: notes ("!!! tip") and tabs ("=== "Python""), whose text is indented below a mark.

Without this their text would be read as a listing, since Markdown takes four spaces for one.
"""

from __future__ import annotations

import re

_MARK = re.compile(r"(?:!!!|\?\?\?\+?|===\+?)(?:\s+[\w ,-]{0,60})?(?:\s+\"(?P<title>[^\"\n]{0,120})\")?\s*$")
_TAB = re.compile(r"===\+?\s+\"")
_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})")
_INDENT = "    "


def open_blocks(text: str) -> str:
    """Return Markdown in which the text of notes and tabs stands below their title, without its indent.

    A tab that only counts ("<1>") has no title.
    """
    lines: list[str] = []
    depth, fence = 0, ""
    for line in text.split("\n"):
        while depth and line.strip() and not line.startswith(_INDENT * depth):
            depth -= 1
        inner = line[len(_INDENT) * depth :] if line.startswith(_INDENT * depth) else line
        mark = _FENCE.match(inner.lstrip())
        if mark and (not fence or inner.strip() == fence):
            fence = "" if fence else mark["mark"]
        found = None if fence or mark else _MARK.match(inner)
        if found is None:
            lines.append(inner)
            continue
        depth += 1
        title = found["title"] or ""
        lines += ["", title if any(map(str.isalpha, title)) else "", ""]
    return "\n".join(lines)
