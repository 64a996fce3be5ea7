"""The tokenizer of XLM-RoBERTa, which multilingual-e5-small uses, built from its vocabulary with `tokenizers`.

Its normalisation (SentencePiece's nmt_nfkc) is NFKC, except that control characters vanish, format characters and line
ends become spaces, and the full-width tilde stays. Runs of spaces count as one.
"""

from __future__ import annotations

from typing import Any

from knowledge.packed_e5 import PackedVocabulary

_REMOVED = r"[\x{01}-\x{08}\x{0B}\x{0E}-\x{1F}\x{7F}\x{8F}\x{9F}]"
_SPACES = r"[\t\n\x{0C}\r\x{1680}\x{200B}-\x{200F}\x{2028}\x{2029}\x{2581}\x{FEFF}\x{FFFD}]"
_TILDE, _TILDE_KEPT = "\uff5e", "\ue05e"  # NFKC would make it ASCII: kept apart as a private character
_WORD_START = "\u2581"
_MASK = "<mask>"


def build_tokenizer(vocabulary: PackedVocabulary) -> Any:
    """Return a `tokenizers.Tokenizer` that writes `<s> text </s>`."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    scored = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
    tokenizer: Any = Tokenizer(models.Unigram(scored, unk_id=vocabulary.unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_REMOVED), ""),
            normalizers.Replace(Regex(_SPACES), " "),
            normalizers.Replace(_TILDE, _TILDE_KEPT),
            normalizers.NFKC(),
            normalizers.Replace(_TILDE_KEPT, _TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_WORD_START, prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement=_WORD_START, prepend_scheme="always")
    begin, end = (vocabulary.pieces[number] for number in (vocabulary.begin, vocabulary.end))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, vocabulary.begin), (end, vocabulary.end)],
    )
    named = (vocabulary.begin, vocabulary.padding, vocabulary.end, vocabulary.unknown)
    tokenizer.add_special_tokens([*(vocabulary.pieces[number] for number in named), _MASK])
    return tokenizer
