"""Prompts and answers are shown as Markdown in which nothing can act, load, lead away or pretend."""

import re
import time

import pytest

from core.ui.shell import markdown, texts
from core.ui.shell.texts import PARSED_CHARACTERS, SHOWN_CHARACTERS, literal, rendered, snippet, to_html

ALLOWED_TAGS = {
    "div",
    "p",
    "strong",
    "em",
    "s",
    "ul",
    "ol",
    "li",
    "code",
    "pre",
    "blockquote",
    "br",
    "hr",
    "span",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}


@pytest.fixture(autouse=True)
def by_steps_alone(monkeypatch):
    """The limit by time is out of reach: the same on every machine."""
    monkeypatch.setattr(markdown, "MOST_SECONDS", 60.0)


def test_markdown_is_rendered():
    """Emphasis, lists, code and tables look like what they are."""
    html = to_html("**Rest** and:\n\n- ice\n- water\n\n`code`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n~~old~~")
    for part in ("<strong>Rest</strong>", ">ice</li>", ">code</code>", ">2</td>", "<s>old</s>"):
        assert part in html


def test_a_single_line_break_stays_a_line_break():
    """Answers are often plain text with line breaks."""
    assert "<br" in to_html("first\nsecond")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<iframe src=https://example.org></iframe>",
        "text <b onclick=alert(1)>bold</b>",
        "<style>body{display:none}</style>",
        "<!-- comment -->",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "`<script>`",
        '[a](<https://example.org/"onmouseover="alert(1)>)',
        '![a"><script>alert(1)</script>](https://example.org/x.png)',
        '```js"><script>alert(1)</script>\ncode\n```',
        "[x]: javascript:alert(1) '\"><script>'\n\n[x]",
    ],
)
def test_html_is_shown_as_text(text):
    """No tag but ours, and no attribute but class, is ever in the result."""
    html = to_html(text)
    for tag, attributes in re.findall(r"<(\w+)([^>]*)>", html):
        assert tag in ALLOWED_TAGS
        assert re.fullmatch(
            r'( class="assay-[a-z -]+"| dir="(auto|ltr|rtl)"| start="\d+"| style="text-align:\w+"| /)*', attributes
        )


def test_an_image_is_its_description():
    """Nothing is fetched: a remote image would tell its server who reads what."""
    html = to_html("![a chart](https://example.org/chart.png) ![](https://example.org/x.png)")
    assert "[image: a chart]" in html
    assert "[image: without description]" in html
    assert "example.org" not in html


def test_a_link_is_text_with_its_address():
    """An address can be read and copied; it cannot be hit between two ratings."""
    html = to_html("[the **guideline**](https://example.org/a?b=1&c=2)")
    assert "href" not in html
    assert "guideline" in html
    assert "(https://example.org/a?b=1&amp;c=2)" in html


def test_an_address_is_not_repeated():
    """A bare address stays as it is."""
    assert to_html("<https://example.org/x>").count("https://example.org/x") == 1


def test_a_link_that_would_run_code_stays_text():
    """javascript: is no link, not even its label is marked as one."""
    assert "assay-link" not in to_html("[click](javascript:alert(1))")


@pytest.mark.parametrize("text", ["It costs $5 and $10.", ":red[Stop]", ":material/home:", ":smile:", "a -> b"])
def test_what_streamlit_would_turn_into_something_else_is_shown_as_written(text):
    """Money stays money; directives, icons and arrows of Streamlit's Markdown have no meaning here."""
    assert text.replace(">", "&gt;").replace("\\", "\\") in to_html(text)


def test_a_diagram_is_code():
    """A fenced block is never drawn."""
    assert '<pre dir="ltr"><code>graph TD' in to_html("```mermaid\ngraph TD; A--&gt;B\n```")


def test_a_heading_is_bold_text():
    """An answer's heading must not look like a heading of this page."""
    assert "<h1" not in to_html("# Assay\n\nEnter your password")


def test_a_huge_text_is_not_parsed():
    """A megabyte of brackets takes no time, and nothing in it is interpreted."""
    html = to_html("[" * (PARSED_CHARACTERS + 1))
    assert "assay-plain" in html


def test_the_longest_parsed_text_is_parsed_quickly():
    """What is cut for display is parsed within moments, also when it is made to be slow."""
    for nasty in ("[" * SHOWN_CHARACTERS, "*a _b " * (SHOWN_CHARACTERS // 6), "> " * (SHOWN_CHARACTERS // 2)):
        started = time.monotonic()
        to_html(nasty)
        assert time.monotonic() - started < 5.0


def test_a_text_is_html_or_plain():
    """The desk puts the one into the page as it is, and the other as a text, in parts."""
    assert rendered("*a* <b>") == {"html": '<p dir="auto"><em>a</em> &lt;b&gt;</p>\n'}
    long = "a *b* " * PARSED_CHARACTERS
    assert rendered(long) == {"plain": long}
    assert rendered("> " * 30 + "hidden") == {"plain": "> " * 30 + "hidden"}


def test_a_text_that_takes_too_long_is_plain(monkeypatch):
    """What the steps do not tell, the time of the processor does."""
    monkeypatch.setattr(markdown, "MOST_SECONDS", -1.0)
    assert rendered("a text that no other test shows") == {"plain": "a text that no other test shows"}


def test_what_is_kept_rendered_is_bounded_in_bytes(monkeypatch):
    """Two hundred long answers would be 50 MB; those asked for last stay."""
    monkeypatch.setattr(texts, "KEPT_BYTES", 100_000)
    monkeypatch.setattr(texts, "_rendered", texts._Rendered())
    made: list[str] = []
    render = markdown.to_html

    def counted(text: str) -> str:
        made.append(text)
        return render(text)

    monkeypatch.setattr(markdown, "to_html", counted)
    for number in range(20):
        rendered(f"{number} " + "word " * 2_000)
        rendered("the same")
    assert len(made) == 21
    rendered("0 " + "word " * 2_000)
    assert len(made) == 22


def test_nothing_is_kept_of_what_was_erased(monkeypatch):
    """A text that was on a screen does not outlive its answer in the memory of the server."""
    monkeypatch.setattr(texts, "_rendered", texts._Rendered())
    rendered("Maria Lopez")
    texts.forget_rendered()
    assert not texts._rendered._kept


@pytest.mark.parametrize(
    "text, shown",
    [
        ("\u0645\u0631\u062d\u0628\u0627\n\nHello", '<p dir="auto">\u0645'),
        ("- \u0645\u0631\u062d\u0628\u0627\n- b", '<ul dir="rtl">\n<li dir="rtl">'),
        ("- \u0645\u0631\u062d\u0628\u0627\n- b", '<li dir="ltr">b'),
        ("1. \u0645\u0631\u062d\u0628\u0627\n\n2. b", '<ol dir="rtl">\n<li dir="rtl">\n<p dir="auto">'),
        ("- a\n  - \u05d0\u05d1", '<ul dir="ltr">\n<li dir="ltr">a\n<ul dir="rtl">\n<li dir="rtl">'),
        ("- `x` \u0645\u0631\u062d\u0628\u0627", '<ul dir="rtl">'),
        ("- $x$ 12 \u0645\u0631\u062d\u0628\u0627", '<ul dir="rtl">'),
        ("| \u0639 | b |\n|---|---|\n| 1 | 2 |", '<table dir="rtl">'),
        ("| \u0639 | b |\n|---|---|\n| 1 | 2 |", '<td dir="auto">1</td>'),
        ("> \u0639", '<blockquote dir="rtl">\n<p dir="auto">'),
        ("# \u0639", '<p class="assay-heading" dir="auto">'),
        ("`a`", '<code dir="ltr">a</code>'),
        ("    a", '<pre dir="ltr"><code>a'),
        ("- 1\n- 2", "<ul>\n<li>1</li>"),
    ],
)
def test_every_block_has_its_direction(text, shown):
    """A paragraph finds its own; a list, an item, a table and a quotation go by the first letter in them, whatever
    code or formula stands before it; code is never turned round.
    """
    assert shown in to_html(text)


def test_a_label_shows_a_text_exactly():
    """Names and file names in labels and messages mean nothing to Streamlit's Markdown."""
    shown = literal(":red[x] **b** $1$ :smile: <b> `c` [l](http://a)")
    assert ":red" not in shown
    assert ":smile" not in shown
    assert "**" not in shown
    assert "](" not in shown
    assert shown.replace("\\", "").replace("\u2060", "") == ":red[x] **b** $1$ :smile: <b> `c` [l](http://a)"


@pytest.mark.parametrize("text, shown", [("short", "short"), ("a\n b", "a b"), ("x" * 100, "x" * 89 + "…"), ("", "")])
def test_a_snippet_is_one_line(text, shown):
    """Lists show the beginning of a text."""
    assert snippet(text) == shown


def test_many_links_cost_no_more_than_their_number():
    """Twelve thousand characters of references took 3.3 s: every link looked through all the pieces before it."""
    found = to_html("[a]: /u\n\n" + "[a] " * 3_000)
    assert found.count("(/u)") == 3_000


@pytest.mark.parametrize(
    "text",
    [">" * 25 + " hidden", "- " * 25 + "hidden", "|a" * 800 + "|\n" + "|-" * 800 + "|\n" + "|\n" * 1_000 + "hidden"],
)
def test_what_takes_too_much_work_is_shown_whole(text):
    """The parser drops what is nested deeper than it likes: then the text stands there as it is."""
    found = to_html(text)
    assert "hidden" in found
    assert "assay-plain" in found


@pytest.mark.parametrize(
    "text",
    ["www.example.org", "WWW.Example.org", "http://example.org", "mailto:a@b.c", "a@b.c", "ftp.example.org", "//x.org"],
)
def test_no_address_survives_in_a_label(text):
    """What Streamlit's Markdown would make a link of is broken up by a character that has no width."""
    shown = literal(text)
    assert not re.search(r"www\\?\.|://|\w@\w", shown, re.IGNORECASE)
    assert shown.replace("\\", "").replace("\u2060", "") == text
