"""Splits a formula as people type it into numbers, names and operators.

Letters in a row are a product of one-letter variables unless they are, or may be, the name of a function: an unknown
name before a bracket is refused, because "det(A)" is no product.
"""

from __future__ import annotations

import re

from tutor.maths.functions import ALIASES, CONSTANTS, FUNCTIONS, GREEK, RESERVED
from tutor.maths.notation import plain_characters

MAX_VARIABLE_RUN = 2  # letters after the first: "abc" is a product, "what" is a word
MIN_FUNCTION_NAME = 3  # letters that may name an unknown function before a bracket


class NotAFormula(ValueError):
    """The text is not a formula of the grammar; the message says where reading failed."""


_SYMBOLS = {
    "–": "-",
    "×": "*",
    "·": "*",
    "÷": "/",
    "√": "sqrt",
    "π": "pi",
    "**": "^",
    "\\cdot": "*",
    "\\times": "*",
    "\\div": "/",
    "\\left": "",
    "\\right": "",
    "\\lvert": "|",
    "\\rvert": "|",
    "\\,": " ",
    "\\;": " ",
    "\\!": "",
    "{": "(",
    "}": ")",
    "[": "(",
    "]": ")",
    "$": "",
}
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_DIGIT_FRACTION = re.compile(r"\\[dt]?frac\s*(\d)\s*(\d)")
_LATEX_DIFFERENCE = re.compile(r"\\Delta\s*(?=[A-Za-z](?![A-Za-z]))")
_LATEX_NAME = re.compile(r"\\([A-Za-z]{2,})")
_SUBSCRIPT = re.compile(r"(?<=[^\W\d_])_(?:\{([^\W_]{1,12})\}|(\d{1,6}|[^\W\d_]{1,12}))")
_LOG_BASE = re.compile(r"\blog(?:_([^\W_]{1,4})|(\d{1,4})(?=\s*\(|\s+[\w\\]))")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DECIMAL_COMMA = re.compile(r"(?<![\d,])(\d+),(\d+)(?![\d,])")
_LEIBNIZ = re.compile(r"^d[^\W\d_]$")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d{1,2}(?!\d))?)"
    r"|(?P<name>[^\W\d_]+)(?P<subscript>_[^\W_]+)?"
    r"|(?P<base>#\w+#)"
    r"|(?P<operator>[-+*/^()!|°]))"
)
_NAMES = sorted((*(name for name in FUNCTIONS if name != "factorial"), "pi"), key=len, reverse=True)
_CALL_OF_NAME = re.compile(r"\(\s*(?:[^\W\d_]|-?\d+)\s*\)")
_FUNCTION_LETTERS = frozenset("fg")


def tokenize(text: str) -> list[str]:
    """Return the tokens of a formula; raises NotAFormula. The base of a logarithm follows it as "#2#"."""
    text = _normalize(text).rstrip()
    tokens: list[str] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotAFormula(f"the formula cannot be read at {text[at:].strip()[:12]!r}")
        at = match.end()
        if match["name"]:
            tokens += _split_name(match["name"], text, at, match["subscript"] or "")
        else:
            tokens.append(match.group().strip())
    return tokens


def _normalize(text: str) -> str:
    text = _LATEX_DIFFERENCE.sub("Δ", plain_characters(text))
    while _FRACTION.search(text):
        text = _FRACTION.sub(r"((\1)/(\2))", text)
    text = _SUBSCRIPT.sub(lambda match: f"_{match[1] or match[2]} ", _DIGIT_FRACTION.sub(r"(\1/\2)", text))
    text = _LOG_BASE.sub(lambda match: f"log#{match[1] or match[2]}#", text)
    for symbol, plain in _SYMBOLS.items():
        text = text.replace(symbol, plain)
    text = _GROUPED.sub("", _LATEX_NAME.sub(r" \1 ", text))
    return text if re.search(r"[(),;].*,|,.*[();]", text) else _DECIMAL_COMMA.sub(r"\1.\2", text)


def _split_name(run: str, text: str, end: int, subscript: str) -> list[str]:
    """Return the tokens of letters in a row, which end at `end` of the text.

    Raises NotAFormula for a word of prose, a name that is a function elsewhere, and a derivative.
    """
    if subscript:
        return [*(_split_letters(run[:-1]) if len(run) > 1 else []), run[-1] + subscript]
    if known := _known_name(run):
        return [known]
    if run.lower() in RESERVED or _LEIBNIZ.match(run):
        raise NotAFormula(f"{run!r} cannot be computed")
    if run[0] == "Δ" and len(run) == 2:
        return [run]
    if text[end : end + 1] == "(":
        _refuse_unknown_function(run, text, end)
    return _split_letters(run)


def _known_name(run: str) -> str | None:
    """Return the name of a function, a constant or a Greek letter, with or without a capital."""
    if run in GREEK:
        return GREEK[run]
    plain = run.lower() if run[1:].islower() and len(run) > 1 else run
    plain = ALIASES.get(plain, plain)
    return plain if plain in FUNCTIONS or plain in CONSTANTS else None


def _refuse_unknown_function(run: str, text: str, end: int) -> None:
    known_tail = any(run.endswith(name) for name in _NAMES)
    called = len(run) == 1 and run in _FUNCTION_LETTERS and _CALL_OF_NAME.match(text, end)
    if called or (len(run) >= MIN_FUNCTION_NAME and not known_tail):
        raise NotAFormula(f"the function {run!r} is not known")


def _split_letters(run: str, plain: int = 0) -> list[str]:
    """Split letters into one-letter variables, functions and constants; a run that is too long is a word."""
    if plain > MAX_VARIABLE_RUN:
        raise NotAFormula("the formula contains words")
    known = next((name for name in _NAMES if run.startswith(name)), None)
    first = known or run[0]
    rest = run[len(first) :]
    return [first, *(_split_letters(rest, 0 if known else plain + 1) if rest else [])]
