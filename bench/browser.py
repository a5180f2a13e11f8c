"""A rater in a real browser: how long it takes from a key until the next answer is painted, told by the page itself."""

import random

from playwright.sync_api import sync_playwright

from bench.dashboard import HOST

CHROMIUM = "/usr/bin/chromium"
THINK_SECONDS = 0.8
DESK = """document.querySelector("[data-testid=stBidiComponentIsolated]")?.shadowRoot?.querySelector("article")"""
"""The answer on the screen of the desk."""
LAST_RELEASE = """document.querySelector(".st-key-rate-answer")"""
"""The answer on the Rate page of the last release."""
_LISTEN = """
{
  const text = () => %s?.textContent ?? "";
  window.bench = { took: [], text };
  window.addEventListener("keydown", (pressed) => {
    if (!/^[1-5]$/.test(pressed.key)) return;
    const before = text();
    const look = () => {
      const now = text();
      if (now && now !== before) requestAnimationFrame(() => bench.took.push(performance.now() - pressed.timeStamp));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true });
}
"""
"""A frame is painted after what was asked for it; so the frame after the one that found the next answer is the time."""


def key_to_painted(port: int, name: str, times: int, *, answer: str = DESK) -> list[float]:
    """Rate so many answers by the keyboard; milliseconds from each key to the next answer on the screen."""
    draw = random.Random(name)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(60_000)
        page.add_init_script(_LISTEN % answer)  # first, since what acts on a key keeps it to itself
        page.goto(f"http://{HOST}:{port}/rate")
        page.locator(".st-key-rate-name input").press_sequentially(name)
        page.keyboard.press("Enter")
        page.wait_for_function(f"() => /answer number/.test({answer}?.textContent ?? '')")
        for number in range(times):
            page.wait_for_timeout(1000 * THINK_SECONDS * draw.uniform(0.8, 1.4))
            page.keyboard.press(str(draw.randint(1, 5)))
            page.wait_for_function("(n) => bench.took.length >= n", arg=number + 1)
        took: list[float] = page.evaluate("bench.took")
        browser.close()
    return took
