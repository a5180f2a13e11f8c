"""A rater in a real browser: how long it takes from a key until the next answer is painted, told by the page itself."""

import random
from contextlib import suppress

from playwright.sync_api import TimeoutError, sync_playwright

from bench.dashboard import HOST

CHROMIUM = "/usr/bin/chromium"
THINK_SECONDS = 0.8
LOST_MS, PRESSES = 15_000, 5
"""A key that comes before the page takes keys again, on a machine that is busy, is pressed again after this."""
DESK = """document.querySelector("[data-testid=stBidiComponentIsolated]")?.shadowRoot?.querySelector("article")"""
"""The answer on the screen of the desk."""
LAST_RELEASE = """document.querySelector(".st-key-rate-answer")"""
"""The answer on the Rate page of the last release."""
_LISTEN = """
{
  const text = () => %s?.textContent ?? "";
  let before, began = 0;
  window.bench = { took: [] };
  const look = () => {
    const now = text();
    if (!now || now === before) return requestAnimationFrame(look);
    requestAnimationFrame(() => {
      bench.took.push(performance.now() - began);
      began = 0;
    });
  };
  window.addEventListener("keydown", (pressed) => {
    if (!/^[1-5]$/.test(pressed.key)) return;
    if (!began) requestAnimationFrame(look);
    [before, began] = [text(), pressed.timeStamp];
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
            for _ in range(PRESSES):
                page.keyboard.press("Escape")  # whoever typed a name a moment ago might still be typing
                page.keyboard.press(str(draw.randint(1, 5)))
                with suppress(TimeoutError):
                    page.wait_for_function("(n) => bench.took.length >= n", arg=number + 1, timeout=LOST_MS)
                    break
            else:
                raise RuntimeError("the page takes no key")
        took: list[float] = page.evaluate("bench.took")
        browser.close()
    return took
