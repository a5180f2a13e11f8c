// Loaded with every page, before the dashboard's own script; acts on /rate only. For keys pressed outside text fields:
// a held key acts once (a rating must never be repeated on answers nobody has seen), the digits 1 to 5 of the number pad
// act like those of the top row, and ? like H (Streamlit refuses ? as a shortcut). What is typed into the comment is
// handed over after a short pause, so that it is kept before anybody presses a key. The next answer begins at its top,
// however far down one was in the answer before. And while the server takes long, the page says so.
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
    else if (event.key === "?") pressInstead(event, "h", "KeyH", 72);
  }, true);

  var pause = null;
  window.addEventListener("input", function (event) {
    var field = event.target;
    if (!field || !field.closest || !field.closest(".st-key-rate-comment")) return;
    window.clearTimeout(pause);
    pause = window.setTimeout(function () {
      // Streamlit takes a text over when its field is left. No key event: its shortcuts would wait for the key to go up.
      if (document.activeElement !== field) return;
      field.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
      field.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
    }, 700);
  }, true);

  var busySince = 0, note = null;
  window.setInterval(function () {
    var app = document.querySelector('[data-testid="stApp"]');
    var busy = app && app.getAttribute("data-test-script-state") === "running" && document.querySelector(".st-key-rate-bar");
    if (!busy) busySince = 0;
    else if (!busySince) busySince = Date.now();
    var late = busySince && Date.now() - busySince > 2500;
    if (late && !note) {
      note = document.createElement("div");
      note.className = "assay-waiting";
      note.setAttribute("role", "status");
      note.textContent = "The database takes long to answer. What you typed and pressed is kept; please wait.";
      document.body.appendChild(note);
    } else if (!late && note) {
      note.remove();
      note = null;
    }
  }, 500);

  var visit = null, waiting = false;
  function scrollUpForTheNext() {
    waiting = false;
    var shown = document.querySelector('[class*="st-key-rate-visit-"]');
    var now = shown && /st-key-rate-visit-\d+/.exec(shown.className)[0];
    if (now && visit && now !== visit) {
      var focused = document.querySelector(".st-key-rate-focused");
      var main = document.querySelector('[data-testid="stMain"]');
      if (focused) focused.scrollIntoView({ block: "nearest" });
      else if (main) main.scrollTop = 0;
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
