"""Symbol fonts: the characters that the fonts Symbol and Wingdings show for their codes, in Unicode."""

from __future__ import annotations

_SYMBOL_ROWS = {
    0x20: " !∀#∃%&∋()∗+,−./0123456789:;<=>?",
    0x40: "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_",
    0x60: "‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
    0xA0: "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵",
    0xC0: "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓",
    0xE0: "◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪",
    0xF1: "〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭",
}
_SYMBOL = {start + at: sign for start, row in _SYMBOL_ROWS.items() for at, sign in enumerate(row)}
_WINGDINGS = dict(
    zip(
        bytes.fromhex("fc fb fe fd a8 6f e0 df e1 e2 f0 d8 a7 6e 6c 4a 4c 71 76 28 2a"),
        "✓✗☑☒◻□→←↑↓⇨➢▪■●☺☹❑❖☎✉",
        strict=True,
    )
)
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS}
_PRIVATE = 0xF000  # Office stores the codes of symbol fonts as private characters from here on


def decode_symbols(text: str, font: str) -> str:
    """Return the text as the font shows it; text in other fonts, and codes without a meaning, stay as they are."""
    table = _FONTS.get(font.strip().lower())
    if table is None:
        return text
    return "".join(table.get(ord(sign) - _PRIVATE if ord(sign) >= _PRIVATE else ord(sign), sign) for sign in text)
