// Loaded with every page, before the dashboard's own script; acts on /rate only. For keys pressed outside text fields:
// a held key acts once (a rating must never be repeated on answers nobody has seen), the digits 1 to 5 of the number pad
// act like those of the top row, and the left arrow like U (back). And one thing for reading: the next answer begins at
// its top, however far down one was in the answer before.
(function () {
  "use strict";
  function inTextField(event) {
    var target = (event.composedPath && event.composedPath()[0]) || event.target;
    return !!(target && target.closest && target.closest("input, textarea, select, [contenteditable], [role=combobox]"));
  }
  window.addEventListener("keydown", function (event) {
    if (!/\/rate\/?$/.test(window.location.pathname)) return;
    if (event.ctrlKey || event.altKey || event.metaKey || inTextField(event)) return;
    var acts = event.key.length === 1 && event.key !== " " || event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (event.repeat && acts) {
      event.stopImmediatePropagation();
      event.preventDefault();
      return;
    }
    if (!event.isTrusted) return;
    var pad = /^Numpad([1-5])$/.exec(event.code);
    if (pad && event.key === pad[1]) pressInstead(event, pad[1], "Digit" + pad[1], 48 + Number(pad[1]));
    else if (event.key === "ArrowLeft") pressInstead(event, "u", "KeyU", 85);
  }, true);

  var visit = null, waiting = false;
  function scrollUpForTheNext() {
    waiting = false;
    var shown = document.querySelector('[class*="st-key-rate-visit-"]');
    var now = shown && /st-key-rate-visit-\d+/.exec(shown.className)[0];
    if (now && visit && now !== visit) {
      var main = document.querySelector('[data-testid="stMain"]');
      if (main) main.scrollTop = 0;
    }
    if (now) visit = now;
  }
  new MutationObserver(function () {
    if (waiting) return;
    waiting = true;
    window.requestAnimationFrame(scrollUpForTheNext);
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });

  function pressInstead(event, key, code, keyCode) {
    event.stopImmediatePropagation();
    event.preventDefault();
    (event.target || document).dispatchEvent(new KeyboardEvent("keydown", {
      key: key, code: code, keyCode: keyCode, which: keyCode, bubbles: true, cancelable: true, composed: true
    }));
  }
})();
