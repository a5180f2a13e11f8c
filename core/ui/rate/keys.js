// Loaded with every page, before the dashboard's own script; acts on /rate only. For keys pressed outside text fields:
// a held key acts once (a rating must never be repeated on answers nobody has seen), the digits 1 to 5 of the number pad
// act like those of the top row, and ? like H (Streamlit refuses ? as a shortcut). What is typed into the comment is
// handed over after a short pause, and every two seconds without one, so that it is kept. Whoever types and loses the field
// (the page is drawn anew, the connection goes) goes on typing: no letter of that may rate, so keys act again only once
// the field was left on purpose. D leads into the field for the reason. The next answer begins at its top, however far
// down one was in the answer before. And while the server takes long, the page says so.
(function () {
  "use strict";
  function inTextField(event) {
    var target = (event.composedPath && event.composedPath()[0]) || event.target;
    return !!(target && target.closest && target.closest("input, textarea, select, [contenteditable], [role=combobox]"));
  }
  function refuse(event) {
    event.stopImmediatePropagation();
    event.preventDefault();
  }

  var typing = null;  // the answer whose comment, or "" for another field, that was not left on purpose
  var refusedAt = 0, askedAt = 0;
  function answerShown() {
    var shown = document.querySelector('[class*="st-key-rate-says-"]');
    return shown ? /st-key-rate-says-\d+/.exec(shown.className)[0] : "";
  }
  function nowTyping(event) {
    if (inTextField(event)) typing = event.target.closest(".st-key-rate-comment") ? answerShown() : "";
  }
  window.addEventListener("focusin", nowTyping, true);
  window.addEventListener("input", nowTyping, true);
  window.addEventListener("pointerdown", function () { typing = null; }, true);

  function goOnTyping(event) {
    var field = document.querySelector(".st-key-rate-comment textarea:not(:disabled)");
    if (field && typing && typing === answerShown()) {
      event.stopImmediatePropagation();
      field.focus();  // in time for this very key
      field.setSelectionRange(field.value.length, field.value.length);
    } else {
      refusedAt = Date.now();
      refuse(event);
    }
  }

  window.addEventListener("keydown", function (event) {
    if (!/\/rate\/?$/.test(window.location.pathname)) return;
    if (event.key === "Escape" || event.key === "Tab" || event.key === "Enter" && event.target.tagName === "INPUT") {
      if (event.key === "Escape" && event.target.tagName === "TEXTAREA") event.target.blur();
      typing = null;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || inTextField(event)) return;
    if (event.isTrusted && (event.key.length === 1 || event.key === "Backspace")) {
      if (typing !== null) return goOnTyping(event);
      if (Date.now() - askedAt < 3000) return refuse(event);
      if (event.key.toLowerCase() === "d" && document.querySelector(".st-key-rate-discard button")
          && !document.querySelector(".st-key-rate-why")) askedAt = Date.now();
    }
    var acts = event.key.length === 1 && event.key !== " " || event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (event.repeat && acts) return refuse(event);
    if (!event.isTrusted) return;
    var pad = /^Numpad([1-5])$/.exec(event.code);
    if (pad && event.key === pad[1]) pressInstead(event, pad[1], "Digit" + pad[1], 48 + Number(pad[1]));
    else if (event.key === "?") pressInstead(event, "h", "KeyH", 72);
  }, true);

  var pause = null, since = 0;
  window.addEventListener("input", function (event) {
    var field = event.target;
    if (!field || !field.closest || !field.closest(".st-key-rate-comment")) return;
    window.clearTimeout(pause);
    since = since || Date.now();
    pause = window.setTimeout(function () {
      since = 0;
      // Streamlit takes a text over when its field is left. No key event: its shortcuts would wait for the key to go up.
      if (document.activeElement !== field) return;
      field.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
      field.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
    }, Math.max(0, Math.min(700, since + 2000 - Date.now())));
  }, true);

  var busySince = 0, note = null;
  window.setInterval(function () {
    var app = document.querySelector('[data-testid="stApp"]');
    var busy = app && app.getAttribute("data-test-script-state") === "running" && document.querySelector(".st-key-rate-bar");
    if (!busy) busySince = 0;
    else if (!busySince) busySince = Date.now();
    var words = "";
    if (Date.now() - refusedAt < 6000 && typing !== null)
      words = "The page was interrupted while you typed, so your keys rate nothing. Click into the comment to go on, or press Esc.";
    else if (busySince && Date.now() - busySince > 2500)
      words = "The database takes long to answer. What you typed and pressed is kept; please wait.";
    if (words && !note) {
      note = document.createElement("div");
      note.className = "assay-waiting";
      note.setAttribute("role", "status");
      document.body.appendChild(note);
    } else if (!words && note) {
      note.remove();
      note = null;
    }
    if (words && note.textContent !== words) note.textContent = words;
  }, 500);

  var visit = null, waiting = false, asking = false, comparing = false;
  function followThePage() {
    waiting = false;
    var reason = document.querySelector(".st-key-rate-why input"), several = document.querySelector(".st-key-rate-focused");
    if (reason && !asking) {
      askedAt = 0;
      reason.focus();
    }
    if (several && !comparing) several.scrollIntoView({ block: "nearest" });
    asking = !!reason;
    comparing = !!several;
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
    window.requestAnimationFrame(followThePage);
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });

  function pressInstead(event, key, code, keyCode) {
    refuse(event);
    (event.target || document).dispatchEvent(new KeyboardEvent("keydown", {
      key: key, code: code, keyCode: keyCode, which: keyCode, bubbles: true, cancelable: true, composed: true
    }));
  }
})();
