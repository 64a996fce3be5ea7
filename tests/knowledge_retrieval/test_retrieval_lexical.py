"""Index terms, sentences, BM25, lexical features and follow-up questions."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.languages.sentences import split_sentences
from knowledge.lexical import LexicalIndex, tokenize, unspaced_share
from knowledge.query_rewriting import needs_history, rewrite_with_history
from knowledge.ranking import load_ranking_models, top_k
from knowledge.retrieval_features import LEXICAL_FEATURES, QueryTerms, lexical_features

texts = st.text(alphabet=st.sampled_from("ab .!?。\n植物的Dr1,"), max_size=60)


def test_words_are_stemmed_and_stop_words_left_out():
    assert tokenize("The plants are growing in 1,000 gardens") == ["plant", "grow", "1000", "garden"]


def test_chinese_is_tokenised_into_characters_and_bigrams():
    assert tokenize("光合作用是什么？") == ["光", "光合", "合", "合作", "作", "作用", "用"]


def test_mixed_text_is_tokenised_by_script():
    assert tokenize("ATP 合成") == ["atp", "合", "合成", "成"]


@pytest.mark.parametrize(("text", "share"), [("plants", 0.0), ("植物", 1.0), ("", 0.0), ("AB 植物", 0.5)])
def test_the_script_of_a_text_is_a_share(text, share):
    assert unspaced_share(text) == share


def test_abbreviations_and_numbers_do_not_end_a_sentence():
    text = "Dr. Smith measured 3.14 m, e.g. twice. Then he left! 植物生长。它需要光。"
    assert [text[a:b] for a, b in split_sentences(text)] == [
        "Dr. Smith measured 3.14 m, e.g. twice.",
        "Then he left!",
        "植物生长。",
        "它需要光。",
    ]


@pytest.mark.parametrize("text", ["See p. 12 of Smith, vol. 2.", "Figs. 3 and 4, Eqs. 5 and Nos. 6 agree (eds. Li)."])
def test_a_reference_to_a_page_volume_or_figure_is_not_cut(text):
    assert split_sentences(text) == split_sentences(text, by_line=True) == [(0, len(text))]


def test_by_line_a_half_width_mark_without_a_space_does_not_cut_a_formula():
    text = "So n!/(k!(n-k)!)=10, see page?id=3. Really? 对！好？"
    pieces = [text[a:b] for a, b in split_sentences(text, by_line=True)]
    assert pieces == ["So n!/(k!(n-k)!)=10, see page?id=3.", "Really?", "对！", "好？"]


def test_a_text_of_one_long_paragraph_is_split_in_linear_time():
    text = "This is a short sentence. " * 40_000
    started = time.monotonic()
    assert len(split_sentences(text, by_line=True)) == 40_000
    assert time.monotonic() - started < 5


@given(texts)
def test_sentences_cover_every_character_but_white_space_in_order(text):
    spans = split_sentences(text)
    assert "".join(text[a:b] for a, b in spans).split() == "".join(text.split()).split() or "".join(
        "".join(text[a:b].split()) for a, b in spans
    ) == "".join(text.split())
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in zip(spans, spans[1:], strict=False))


@settings(deadline=None)  # it writes to disk
@given(st.lists(st.lists(texts, min_size=2, max_size=4), min_size=1, max_size=6), texts)
def test_saved_and_loaded_the_index_scores_the_same(tmp_path_factory, parts, query):
    index = LexicalIndex.build(parts)
    folder = tmp_path_factory.mktemp("lexical") / "index"
    index.save(folder)
    again = LexicalIndex.load(folder)
    assert again.size == len(parts)
    np.testing.assert_array_equal(again.bm25_scores(tokenize(query)), index.bm25_scores(tokenize(query)))
    np.testing.assert_array_equal(again.tokens, index.tokens)


PARTS = (
    ("Leaves", "Green light is reflected.", "Red light drives the reaction."),
    ("Lines", "The slope is rise over run.", "A flat line has slope zero."),
    ("Bread", "Yeast makes dough rise.", "The oven is hot."),
)


def evidence(query: str) -> dict[str, np.ndarray]:
    index = LexicalIndex.build(PARTS)
    rows = np.arange(len(PARTS))
    table, _ = lexical_features(
        index, QueryTerms.from_terms(tokenize(query), index), rows, index.bm25_scores(tokenize(query))
    )
    return dict(zip(LEXICAL_FEATURES, table.T, strict=True))


def test_a_sentence_with_all_words_of_the_question_has_share_one():
    found = evidence("flat line slope")
    assert found["sentence"] == pytest.approx([0, 1, 0])
    assert found["words"] == pytest.approx([0, 1, 0])


def test_words_in_two_neighbouring_sentences_count_for_neighbours_only():
    found = evidence("rise over run zero")
    assert found["sentence"][1] < 1
    assert found["neighbours"][1] == pytest.approx(1)


def test_titles_do_not_count_as_sentences():
    found = evidence("bread")
    assert found["title"][2] == pytest.approx(1)
    assert found["sentence"][2] == 0


def test_bigram_features_require_adjacency():
    assert evidence("slope zero")["pairs"][1] > 0
    assert evidence("zero slope")["pairs"][1] == 0
    assert evidence("zero slope")["loose_pairs"][1] > 0


@given(st.lists(st.sampled_from(["green", "light", "slope", "yeast", "zebra"]), max_size=5))
def test_share_features_are_in_0_1(words):
    found = evidence(" ".join(words))
    for name in ("words", "title", "sentence", "neighbours", "pairs"):
        assert ((found[name] >= 0) & (found[name] <= 1 + 1e-5)).all()
    assert (found["words"] >= found["sentence"] - 1e-6).all()
    assert (found["neighbours"] >= found["sentence"] - 1e-6).all()


@given(st.lists(st.floats(0, 10, width=32), max_size=30), st.integers(1, 10))
def test_top_agrees_with_sorting_everything(scores, count):
    values = np.asarray(scores, np.float32)
    expected = sorted((v for v in scores if v > 0), reverse=True)[:count]
    assert values[top_k(values, count)].tolist() == expected


def test_the_coverage_model_is_monotonic_in_its_features():
    for model in load_ranking_models().values():
        assert all((weights.answers >= 0).all() for weights in model.weights)


@pytest.mark.parametrize(
    "query",
    [
        "And why is that?",
        "Can you explain it again?",
        "Give me an example",
        "So which of the two needs energy?",
        "Do both need oxygen?",
        "两者哪个需要能量？",
        "Why?",
        "那为什么？",
        "它是怎么工作的？",
        "举个例子",
        "怎么治疗呢？",
    ],
)
def test_a_follow_up_question_is_completed(query):
    assert needs_history(query)
    assert rewrite_with_history(query, ["What does chlorophyll absorb?"]).endswith("What does chlorophyll absorb?")


@pytest.mark.parametrize(
    "query",
    [
        "What is the slope of a line?",
        "Why do leaves look green in summer?",
        "光合作用在叶绿体的哪个部分进行？",
        "如何训练卷积神经网络呢？",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(query):
    assert rewrite_with_history(query, ["What does chlorophyll absorb?"]) == query


def test_a_chain_of_follow_ups_is_resolved_to_the_standalone_question():
    history = ["What does chlorophyll absorb?", "And why is that?"]
    assert rewrite_with_history("Can you explain it?", history) == "Can you explain it?\nWhat does chlorophyll absorb?"
