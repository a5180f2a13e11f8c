r"""Formulas between ``$…$``, ``$$…$$``, ``\(…\)`` and ``\[…\]`` are drawn; whatever cannot be drawn whole is LaTeX."""

import re
from xml.etree import ElementTree as ET

import pytest

from core.ui.shell import formulas, markdown
from core.ui.shell.formulas import to_mathml
from core.ui.shell.texts import to_html

DRAWN = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "menclose", "mfrac", "msqrt", "mroot"),
    *("msup", "msub", "msubsup", "mover", "munder", "munderover", "mtable", "mtr", "mtd"),
}


@pytest.fixture(autouse=True)
def by_steps_alone(monkeypatch):
    """The limit by time is out of reach: the same on every machine."""
    monkeypatch.setattr(markdown, "MOST_SECONDS", 60.0)


def words(latex: str) -> str:
    """What is read in a formula."""
    math = to_mathml(latex, display=False)
    assert math is not None, latex
    return "".join(ET.fromstring(math).itertext())


@pytest.mark.parametrize(
    "text, display",
    [
        ("so $x^2$ is", "inline"),
        ("($x^2$)", "inline"),
        (r"so \(x^2\) is", "inline"),
        ("so $$x^2$$ is", "block"),
        (r"so \[x^2\] is", "block"),
        ("$$x^2$$", "block"),
        ("so:\n$$\nx^2\n$$\nis", "block"),
        ("so:\n\\[\nx^2\n\\]\nis", "block"),
        ("- so\n  $$\n  x^2\n  $$", "block"),
        ("> $$\n> x^2\n> $$", "block"),
        ("| a |\n|---|\n| $x^2$ |", "inline"),
    ],
)
def test_a_formula_is_found_between_each_pair_of_delimiters(text, display):
    html = to_html(text)
    assert f'<math display="{display}" dir="ltr"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>' in html
    assert "$" not in html
    assert "\\" not in html


def test_lines_of_a_formula_are_no_list_and_no_heading():
    """A line that begins with a minus or a row of equal signs belongs to the formula around it."""
    html = to_html("We get\n$$\na\n- b\n=\nc\n$$\nand\n\\[\nd\n+ e\n\\]")
    assert "<li" not in html
    assert html.count("<math") == 2


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $10.",
        "Between $5 and 10$ a day",
        "Between $5/kg and 8$/kg",
        "US$5 and US$",
        "$ 5 and $ 10",
        "$5",
        "$$",
        "$$$$",
        "$HOME/$PATH and $HOME",
        r"\$x\$",
        r"\\(x\\)",
        "`$x$`",
        "$$\n\nx",
        "$x\n\ny$",
        "\\[x",
        "\\(x",
    ],
)
def test_money_and_what_is_never_closed_is_no_formula(text):
    assert "<math" not in to_html(text)


@pytest.mark.parametrize(
    "latex, shown",
    [
        (r"\frac{a}{b} < c", "ab<c"),
        (r"140\ \text{mmol/L}", "140\xa0mmol/L"),
        (r"\alpha \le \beta", "α≤β"),
        (r"\{1\} 5\% \& \_ \# \$", "{1}5%&_#$"),
        (r"\|x\|", "‖x‖"),
        (r"\not= \not\in", "≠∉"),
        (r"\begin{aligned}a&=b\\c&=d\end{aligned}", "a=bc=d"),
        (r"\begin{align}a&=b\end{align}", "a=b"),
        (r"\begin{equation*}a=b\end{equation*}", "a=b"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "(1234)"),
        (r"\begin{dcases}1&x>0\\0\end{dcases}", "{1x>00"),
        (r"\xrightarrow{k}", "→k"),
        (r"\sum_{i=1}^n \sqrt[3]{i} \cancel{x} \boxed{y} \binom{n}{k}", "∑i=1ni3xy(nk)"),
        ("\\text{<script>alert(1)</script>}", "<script>alert(1)</script>"),
        (r"\text{&lt;b&gt;}", "&lt;b&gt;"),
        (r"\unicode{xD800}", "\ufffd"),
        (r"\llap{x}\colorbox{black}{y}", "xy"),
    ],
)
def test_what_is_drawn_is_whole(latex, shown):
    assert words(latex) == shown


@pytest.mark.parametrize(
    "latex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\class{assay-link}{x}",
        r"\style{position:fixed}{x}",
        r"\color{white}{x}",
        r"\phantom{x}",
        r"\hphantom{x}",
        r"\tiny x",
        r"\rule{9em}{9em}",
        r"\hspace{-9em}x",
        r"\hspace{99em}x",
        r"\hspace{9999999999px}x",
        r"a % hidden",
        "a \\\\% hidden",
        r"\mathchoice{a}{b}{c}{d}",
        r"\ce{H2O}",
        r"\unknown{x}",
        r"a & b",
        r"a \\ b",
        r"\frac{a",
        r"a}",
        r"\left( a",
        r"\right) a",
        r"a^b^c",
        r"\text{a \textbf{b}}",
        r"\begin{pmatrix}1",
        r"\def\a{b}\a",
        r"\newcommand{\a}{b}\a",
        r"\DeclareMathOperator{\a}{b}\a",
        r"\newenvironment{a}{b}{c}",
        r"\sideset{}{}{x}",
        "{" * 400 + "x" + "}" * 400,
        r"\sqrt" * 150 + "x",
        "x" * (formulas.LONGEST + 1),
    ],
)
def test_what_cannot_be_drawn_is_shown_as_it_was_written(latex):
    """Nothing that moves, hides, colours or leads anywhere, nothing unknown, and nothing without its other half."""
    assert to_mathml(latex, display=True) is None


def test_a_formula_that_is_not_drawn_loses_no_sign():
    html = to_html("so $\\ce{H2O}$\n\n$$\n\\ce{<b>}\n$$\n\n\\[\\ce{x}\\] \\(\\ce{y}\\)")
    for shown in ("$\\ce{H2O}$", "$$\n\\ce{&lt;b&gt;}\n$$", "\\[\\ce{x}\\]", "\\(\\ce{y}\\)"):
        assert f'<code dir="ltr">{shown}</code>' in html


def test_only_elements_and_attributes_of_the_list_leave():
    """Whatever a formula is made of: every command that the library knows, alone and around something."""
    from latex2mathml import commands

    known = {value for value in vars(commands).values() if isinstance(value, str) and value.startswith("\\")}
    known |= set(commands.CONVERSION_MAP) | set(commands.COMMANDS_WITH_ONE_PARAMETER)
    drawn = 0
    for command in sorted(known):
        for latex in (command, f"{command}{{x}}", f"{command}{{x}}{{y}}", f"{command}[x]{{y}}{{z}}", f"a{command} b"):
            math = to_mathml(latex, display=True)
            if math is None:
                continue
            drawn += 1
            for element in ET.fromstring(math).iter():
                assert element.tag in DRAWN, latex
                for name, value in element.attrib.items():
                    assert not re.search(r"href|^style$|src|class|color|background|^on|^id$", name), latex
                    assert re.fullmatch(r"[a-z0-9. -]{1,200}", value), latex
                    assert not re.search(r"-\d|(?<![\d.])\d\d+(\.\d+)?[a-z]", value), latex
    assert drawn > 400


@pytest.mark.parametrize(
    "text",
    [
        "$" * 100_000,
        "$a " * 33_000,
        "$$a\n" * 25_000,
        "$$\na\n" * 20_000,
        "\\[\n" * 33_000,
        "\\(" * 50_000,
        "$x$ " * 25_000,
        ("$" + "{" * 400 + "}" * 400 + "$ ") * 120,
        "$\\left($ " * 11_000,
        "$\\def\\a{\\a\\a}\\a$ " * 5_000,
        ("$" + "x^2" * 330 + "$ ") * 100,
    ],
)
def test_formulas_made_to_be_slow_take_no_more_work_than_other_texts(text, monkeypatch):
    """The steps are counted with those of formulas, and no more is done when they are used up."""
    asked: list[int] = []
    convert = formulas.to_mathml

    def counted(latex, *, display):
        asked.append(len(latex))
        return convert(latex, display=display)

    monkeypatch.setattr(formulas, "to_mathml", counted)
    try:
        html = markdown.to_html(text)
    except markdown.TooMuch:
        html = ""
    assert len(html) < 20 * len(text)
    assert 10 * len(asked) + 3 * sum(asked) <= markdown.MOST_WORK


def test_formulas_beyond_the_limit_stay_latex():
    """The first ones are drawn, the rest of the text stays Markdown."""
    html = to_html("$" + "x" * 900 + "$ and *so* on\n\n" + ("$" + "y" * 900 + "$\n\n") * 20 + "**end**")
    assert "<math" in html
    assert '<code dir="ltr">$yyy' in html
    assert "<strong>end</strong>" in html
