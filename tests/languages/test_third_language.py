"""A third language needs two folders and no change of code: how it is read, and what the product says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# A toy Armenian: its own letters, its own full stop, a handful of words.
READ = {
    "__init__.py": '''
"""Armenian."""

from knowledge.languages import Language

LANGUAGE = Language("hy", name="Հայերեն", english_name="Armenian", script="\\u0531-\\u0587")
''',
    "text.py": '''
"""Armenian text."""

SENTENCE_ENDS = "\\u0589"
ABBREVIATIONS = "օր"
STOP_WORDS = "և է որ"
NEGATION = r"\\bչի\\b"
NUMBER_WORDS = {"երկու": "2"}
''',
    "headings.py": '''
"""Armenian headings."""

STRUCTURAL_NOUNS = "ամփոփում վարժություններ"
QUESTION_WORDS = "ինչու"
CHAPTER_LINE = r"Գլուխ \\d+.{0,100}"
''',
    "terms.py": '''
"""Armenian definitions."""

DEFINITIONS = (r"^(?P<name>[\\u0531-\\u0587]+) կոչվում է",)
''',
    "figures.py": '''
"""Armenian figures."""

FIGURE_NAME = "նկար"
''',
}
READING = """
import sys
import knowledge.languages
knowledge.languages.__path__.append(sys.argv[1])

from knowledge.attribution import attribute_answer
from knowledge.documents import Document, Hit, Locator, LocatorKind, Passage
from knowledge.embedding import HashingEmbedder
from knowledge.figures import find_figure_number
from knowledge.headings import heading_topic
from knowledge.index import can_embed
from knowledge.languages import codes, detect_language, language
from knowledge.languages.sentences import split_sentences
from knowledge.lexical import tokenize
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_reader import read
from knowledge.term_extraction import extract_terms
from datetime import UTC, datetime

TEXT = "Բույսը կանաչ է\\u0589 Տերևը կլանում է լույսը\\u0589"
assert codes() == ("en", "hy", "zh"), codes()
assert language("hy").english_name == "Armenian"
assert detect_language(TEXT, "en") == "hy"
assert detect_language("Leaves are green.", "zh") == "en" and detect_language("叶子", "en") == "zh"

# Sentences end at its own full stop, but not after its own abbreviation.
assert [TEXT[a:b] for a, b in split_sentences(TEXT)] == ["Բույսը կանաչ է\\u0589", "Տերևը կլանում է լույսը\\u0589"]
assert len(split_sentences("օր. Լույս")) == 1 and len(split_sentences("Լույս. Բույս")) == 2

# Stop words are dropped, and so are those of the other languages.
assert tokenize("Բույսը և տերևը") == ["բույսը", "տերևը"]
assert tokenize("the plants") == ["plant"]

# Headings.
assert heading_topic("Ամփոփում") == "" and heading_topic("Ինչու բույսը") == ""
assert heading_topic("Ֆոտոսինթեզ") == "Ֆոտոսինթեզ" and heading_topic("Summary") == ""
parsed = read(SourceFile("a.txt", b""), "Գլուխ 2 Լույս\\n\\nԲույսը կանաչ է\\u0589")
assert parsed.blocks[0].heading == ("Գլուխ 2 Լույս",)

# Definitions and figures.
here = Locator(LocatorKind.PAGE, 1, "page 1")
def passage(text):
    return Passage("p", "d", "c", 0, text, here, (), 0, len(text))
assert [term.name for term in extract_terms([passage("ֆոտոսինթեզ կոչվում է լույսի կլանումը\\u0589")])] == ["ֆոտոսինթեզ"]
assert find_figure_number("Նկար 2.1") == "2.1"

# Negation and number words rule support out.
document = Document("d", "c", "a.txt", "A", "", "text/plain", 1, 1, (), datetime(2026, 1, 1, tzinfo=UTC))
hits = [Hit(passage("Տերևը կլանում լույսը երկու անգամ\\u0589"), document, 1.0)]
def supported(answer):
    (quote,) = attribute_answer(answer, hits, HashingEmbedder(256))
    return quote.hit_index == 0
assert supported("Տերևը կլանում լույսը երկու անգամ\\u0589")
assert supported("Տերևը կլանում լույսը 2 անգամ\\u0589")
assert not supported("Տերևը չի կլանում լույսը երկու անգամ\\u0589")

# An embedder that does not read the language is not used for it.
assert can_embed(HashingEmbedder(8), TEXT)
assert not can_embed(HashingEmbedder(8, frozenset({"en"})), TEXT)
assert can_embed(HashingEmbedder(8, frozenset({"en"})), "Leaves are green.")
"""
SPEAKING = """
import sys
import knowledge.languages, tutor.locales
knowledge.languages.__path__.append(sys.argv[1])
tutor.locales.__path__.append(sys.argv[2])
tutor.locales.CATALOGS.update(tutor.locales.load_catalogs())  # read again: the catalogues load on import

from tutor.locales import page_languages, t

assert ("Հայերեն", "hy") in page_languages()
assert t("hy", KEY) == "Պահել", t("hy", KEY)
assert t("hy", OTHER) == t("en", OTHER)  # a message without a translation is in English
assert t("en", KEY) != "Պահել" != t("zh", KEY)
"""


def run(code: str, *folders: Path) -> None:
    """Run code in a new process, because a process looks for languages only once."""
    command = [sys.executable, "-c", code, *map(str, folders)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def write_folder(parent: Path, files: dict[str, str]) -> Path:
    """Write the folder of the toy language below `parent`, and return `parent`."""
    (parent / "hy").mkdir(parents=True)
    for name, text in files.items():
        (parent / "hy" / name).write_text(text.lstrip(), "utf-8")
    return parent


def test_a_folder_is_all_that_a_language_needs_to_be_read(tmp_path: Path):
    run(READING, write_folder(tmp_path / "languages", READ))


def test_a_folder_is_all_that_a_language_needs_to_be_spoken(tmp_path: Path):
    from tutor.locales import t

    key, other = "save", "cancel"
    assert t("en", key) and t("en", other)
    locale = {"__init__.py": '"""Armenian."""\n', "chat.py": f'"""Chat."""\n\nMESSAGES = {{"{key}": "Պահել"}}\n'}
    folders = write_folder(tmp_path / "languages", READ), write_folder(tmp_path / "locales", locale)
    run(f"KEY, OTHER = {key!r}, {other!r}\n{SPEAKING}", *folders)
