"""Traditional and simplified Chinese characters are the same to a search, in either direction."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from knowledge import index as indexes
from knowledge.attribution import attribute_answer
from knowledge.catalog import MemoryCatalog
from knowledge.concepts import concept_key, propose_concepts
from knowledge.documents import Locator, LocatorKind, Passage
from knowledge.embedding import HashingEmbedder
from knowledge.figures import find_figure_number
from knowledge.languages import fold
from knowledge.lexical import tokenize
from knowledge.library import Library
from knowledge.query_rewriting import needs_history

SIMPLIFIED = "# 机器学习\n\n梯度下降是一种优化算法。它沿着损失函数下降最快的方向更新参数。\n"
TRADITIONAL = "# 機器學習\n\n梯度下降是一種最佳化演算法。它沿著損失函數下降最快的方向更新參數。\n"
OTHER = "# 细胞\n\n线粒体产生能量。细胞膜控制物质进出。\n"
PAIRS = [
    ("光合作用發生在葉綠體裡。", "光合作用发生在叶绿体里。"),
    ("資料結構與演算法", "资料结构与演算法"),
    ("為什麼學生會遺忘單詞？", "为什么学生会遗忘单词？"),
    ("頭髮與發展是兩個詞", "头发与发展是两个词"),
]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A library whose embedder does not read Chinese, like the bundled one: words alone decide."""
    return Library(tmp_path / "index", MemoryCatalog(), HashingEmbedder(256, frozenset({"en"})))


@pytest.mark.parametrize(("traditional", "simplified"), PAIRS)
def test_both_spellings_give_the_same_index_terms(traditional: str, simplified: str):
    assert fold(traditional) == simplified
    assert tokenize(traditional) == tokenize(simplified)


@pytest.mark.parametrize("text", ["Leaves are green.", "", "x = 4", "植物在光下把二氧化碳和水变成糖和氧气。", "Größe"])
def test_text_without_traditional_characters_stays_as_it_is(text: str):
    assert fold(text) == text


def test_a_traditional_question_finds_a_simplified_passage(library: Library):
    library.add("c", "ml.md", SIMPLIFIED.encode())
    library.add("c", "cell.md", OTHER.encode())
    result = library.search("c", "損失函數沿著哪個方向更新參數？")
    assert result.hits[0].document.name == "ml.md"
    assert "损失函数" in result.hits[0].passage.text  # the passage is quoted as it is written


def test_a_simplified_question_finds_a_traditional_passage(library: Library):
    library.add("c", "ml.md", TRADITIONAL.encode())
    library.add("c", "cell.md", OTHER.encode())
    result = library.search("c", "损失函数沿着哪个方向更新参数？")
    assert result.hits[0].document.name == "ml.md"
    assert "損失函數" in result.hits[0].passage.text


def test_both_spellings_cover_a_question_with_the_same_confidence(library: Library):
    library.add("c", "ml.md", SIMPLIFIED.encode())
    one, other = (library.search("c", question) for question in ("损失函数怎样更新参数？", "損失函數怎樣更新參數？"))
    assert one.confidence == other.confidence > 0


def test_both_spellings_of_a_term_are_one_concept():
    assert concept_key("標量") == concept_key("标量")
    here = Locator(LocatorKind.PAGE, 1, "page 1")
    texts = ["仅包含一个数值被称为标量（scalar）。", "標量（scalar）可以相加。標量很簡單。"]
    passages = [Passage(f"p{n}", "d", "c", n, text, here, (), 0, len(text)) for n, text in enumerate(texts)]
    assert [concept.name for concept in propose_concepts(passages).concepts] == ["标量"]


def test_a_traditional_answer_is_supported_by_a_simplified_passage(library: Library):
    library.add("c", "cell.md", OTHER.encode())
    hits = library.search("c", "线粒体产生什么？").hits
    (quote,) = attribute_answer("線粒體產生能量。", hits, library.embedder)
    assert (quote.hit_index, quote.text) == (0, "线粒体产生能量。")
    (quote,) = attribute_answer("線粒體沒有產生能量。", hits, library.embedder)
    assert quote.hit_index is None


def test_follow_ups_and_figures_are_recognised_in_both_spellings():
    assert needs_history("這是怎麼工作的？")
    assert needs_history("舉個例子")
    assert find_figure_number("圖2-1說明了什麼？") == "2.1"


def test_many_threads_fold_at_once():
    wrong: list[str] = []

    def work() -> None:
        for traditional, simplified in PAIRS * 50:
            if fold(traditional) != simplified:
                wrong.append(traditional)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_index_of_an_older_format_is_rebuilt_not_misread(library: Library):
    """Version 2 indexed traditional characters as they were: such an index would miss simplified questions."""
    library.add("c", "ml.md", TRADITIONAL.encode())
    folder = indexes.course_folder(library.root, "c")
    name = indexes.current_generation(folder)
    assert name is not None
    manifest = folder / name / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 2}))
    fresh = Library(library.root, library.catalog, library.embedder)
    assert fresh.check_index("c") == [f"the index {name} has format 2, not 4; it will be rebuilt"]
    assert fresh.search("c", "损失函数").hits
    assert indexes.current_generation(folder) != name
    assert fresh.check_index("c") == []
