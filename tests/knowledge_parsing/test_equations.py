"""Equations of Word and of web pages become LaTeX that KaTeX can show."""

from __future__ import annotations

import pytest
from lxml import etree
from sample_documents import read_text

from knowledge.parsing.mathml_to_latex import from_mathml, from_omml

OFFICE = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def run(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("xml", "latex"),
    [
        (f"<m:func><m:fName>{run('sin')}</m:fName><m:e>{run('x')}</m:e></m:func>", r"$\sin x$"),
        (
            f"<m:func><m:fName><m:limLow><m:e>{run('lim')}</m:e><m:lim>{run('n→∞')}</m:lim></m:limLow></m:fName>"
            f"<m:e>{run('a')}</m:e></m:func>",
            r"$\lim_{n→∞} a$",
        ),
        (run("sin45=cosine"), r"$\sin 45=cosine$"),
        (run("p=50%"), r"$p=50\%$"),
        (
            '<m:d><m:dPr><m:begChr m:val="{"/><m:endChr m:val=""/></m:dPr><m:e><m:eqArr>'
            f"<m:e>{run('1')}</m:e><m:e>{run('0')}</m:e></m:eqArr></m:e></m:d>",
            r"$\begin{cases} 1 \\ 0 \end{cases}$",
        ),
        (
            f'<m:d><m:dPr><m:begChr m:val="{{"/><m:endChr m:val="}}"/></m:dPr><m:e>{run("x")}</m:e></m:d>',
            r"$\{x\}$",
        ),
        (
            f"<m:eqArr><m:e>{run('a&amp;=b')}</m:e><m:e>{run('c&amp;=d')}</m:e></m:eqArr>",
            r"$\begin{aligned} a&=b \\ c&=d \end{aligned}$",
        ),
    ],
)
def test_an_equation_of_word_is_latex(xml, latex):
    assert from_omml(etree.fromstring(f"<m:oMath {OFFICE}>{xml}</m:oMath>")) == latex


@pytest.mark.parametrize(
    ("xml", "latex"),
    [
        ("<mi>sin</mi><mi>x</mi>", r"$\sin x$"),
        ("<mover><mi>v</mi><mo>→</mo></mover>", r"$\vec{v}$"),
        ("<mfrac linethickness='0'><mi>n</mi><mi>k</mi></mfrac>", r"$\binom{n}{k}$"),
        ("<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><mi>i</mi>", r"$\sum_i^ni$"),
        ("<mfenced open='[' close='['><mi>a</mi><mi>b</mi></mfenced>", "$[a,b[$"),
        ("<mi>x</mi><mtext> if </mtext><mi>y</mi>", r"$x\text{ if }y$"),
        ("<mn>5</mn><mo>%</mo>", r"$5\%$"),
    ],
)
def test_an_equation_of_a_web_page_is_latex(xml, latex):
    assert from_mathml(etree.fromstring(f"<math>{xml}</math>")) == latex


def test_a_formula_in_mathml_is_read_in_markdown_too():
    """A regression: one over the share was read as "1Share"."""
    formula = "<math><mfrac><mn>1</mn><mtext>Share</mtext></mfrac></math>"
    assert read_text("a.md", f"# Money\n\nThe factor is {formula} here.".encode()).count("\\frac{1}") == 1
    assert "\\frac{1}" in read_text("a.md", f"# Money\n\n{formula}\n".encode())
