""".streamlit/config.toml: Streamlit only logs an option it does not know, and nobody notices a colour that cannot be
read.
"""

import tomllib
from pathlib import Path

import pytest
from streamlit import config

OPTIONS = tomllib.loads((Path(__file__).resolve().parents[1] / ".streamlit/config.toml").read_text(encoding="utf-8"))
THEMES = ["light", "dark"]
NAMED = ["red", "orange", "yellow", "blue", "green", "violet", "gray"]


def flat(options: dict, prefix: str = "") -> dict:
    found: dict[str, object] = {}
    for name, value in options.items():
        found |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return found


def channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def luminance(colour: str) -> float:
    parts = [value / 255 for value in channels(colour)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def over(colour: str, opacity: float, background: str) -> str:
    pairs = zip(channels(colour), channels(background), strict=True)
    return "#" + "".join(f"{round(front * opacity + back * (1 - opacity)):02X}" for front, back in pairs)


def backgrounds(theme: dict) -> list[str]:
    return [part[key] for part in (theme, theme["sidebar"]) for key in ("backgroundColor", "secondaryBackgroundColor")]


@pytest.mark.parametrize("option", flat(OPTIONS))
def test_this_streamlit_knows_the_option(option):
    assert option in config.get_config_options()


def test_what_makes_rating_fast_and_private_is_set():
    set_to = flat(OPTIONS)
    assert set_to["runner.postScriptGC"] is False
    assert set_to["server.fileWatcherType"] == "none"
    assert set_to["browser.gatherUsageStats"] is False
    assert set_to["server.address"] == "127.0.0.1"


@pytest.mark.parametrize("name", THEMES)
def test_text_is_readable(name):
    theme = OPTIONS["theme"][name]
    for background in backgrounds(theme):
        assert contrast(theme["textColor"], background) >= 7
        assert contrast(over(theme["textColor"], 0.6, background), background) >= 4.5, "captions"
        assert contrast(theme["linkColor"], background) >= 4.5
        assert contrast(theme["primaryColor"], background) >= 3, "sliders, checkboxes, borders"
    assert contrast("#FFFFFF", theme["primaryColor"]) >= 4.5, "Streamlit writes on primary buttons in white"
    assert contrast(theme["codeTextColor"], theme["codeBackgroundColor"]) >= 4.5
    for colour in NAMED:
        assert contrast(theme[f"{colour}Color"], theme["backgroundColor"]) >= 4.5, colour


@pytest.mark.parametrize("name", THEMES)
def test_chart_colours_stand_out(name):
    theme = OPTIONS["theme"][name]
    for colour in theme["chartCategoricalColors"]:
        assert contrast(colour, theme["backgroundColor"]) >= 3, colour
        assert contrast(colour, theme["secondaryBackgroundColor"]) >= 3, colour
    assert len(set(theme["chartCategoricalColors"])) == len(theme["chartCategoricalColors"])
    assert len(theme["chartSequentialColors"]) == len(theme["chartDivergingColors"]) == 10
