// What the desks of Rate and of A or B share; it stands before their own files (core/ui/rate/desk.py). Acts form one line
// in the browser, which waits in the tab until the server has acknowledged each of them (core/ui/rate/routes.py).

const DWELL = 300; // milliseconds that a text must have been on the screen before a key counts
const TICK = 60_000, RENEW_TICKS = 4;
const SLOW = 2500, STEP_PATIENCE = 3000, REQUEST_TIMEOUT = 20_000, LONGEST_PAUSE = 5000;
const KEEPALIVE_LIMIT = 60_000; // bytes: browsers refuse more in all requests that outlive their page
const PART = 20_000; // characters of a long text that are drawn at a time

const TOO_FAST = "That key came before the answer could be read, so nothing was saved for it.";
const SLOW_ANSWER = "The database takes long to answer. What you typed and pressed is kept; please wait.";
const NO_CONNECTION = "There is no connection to the server.";
const NOT_NOW = "That was not possible without the server. Nothing was lost; please try again in a moment.";
const UNDO_WAITS = "It is not known yet whether the server took your last act back. Keys act again as soon as it answers.";

const plural = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
const freshRequest = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The server does not answer, or asks to try again. */
class Unanswered extends Error {
  constructor(message, after = 0) {
    super(message);
    this.after = after;
  }
}

/** The server refuses for good. */
class Refused extends Error {
  constructor(code, message, item) {
    super(message);
    this.code = code;
    this.item = item;
  }
}

let outliving = 0; // bytes under way in requests that outlive their page

async function post(name, body) {
  const text = JSON.stringify(body);
  const bytes = new TextEncoder().encode(text).length;
  const keepalive = outliving + bytes < KEEPALIVE_LIMIT;
  if (keepalive) outliving += bytes;
  let response, said;
  try {
    response = await fetch(`/desk/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: text,
      cache: "no-store",
      keepalive,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT),
    });
    said = await response.text();
  } catch {
    throw new Unanswered(NO_CONNECTION);
  } finally {
    if (keepalive) outliving -= bytes;
  }
  let answer = {};
  try {
    answer = JSON.parse(said);
  } catch {
    answer = { error: said.slice(0, 300) };
  }
  if (response.ok) return answer;
  const sentence = answer.error || "The server refused this.";
  if (response.status === 429 || response.status >= 500)
    throw new Unanswered(sentence, 1000 * Number(response.headers.get("retry-after") || 0));
  throw new Refused(answer.code || "", sentence, answer.item);
}

/** One request after the other, acts first: what is not acknowledged waits in the tab and is sent again.
 *
 * A page that keeps more than acts in the tab says so in ``empty``, ``restore``, ``kept`` and ``warns``.
 */
class Line {
  acts = []; // {body, item, at}
  desk = null;
  stopped = "";
  trouble = "";
  #store;
  #route;
  #person = null;
  #shownTo = "";
  #failures = 0;
  #running = false;
  #since = 0;
  #wake = () => {};
  #warn = (event) => {
    this.desk?.drawLine(true); // the browser's own words say no number
    event.preventDefault();
    event.returnValue = "";
  };

  /** ``store``: the name under which it waits in the tab; ``route``: where acts go. */
  constructor(store, route) {
    this.#store = store;
    this.#route = route;
    window.addEventListener("online", () => this.#wake());
    window.addEventListener("assay.desk.cleared", () => this.clear()); // signed out, or another name
  }

  empty() {
    this.acts = [];
  }

  restore(stored) {
    this.acts = stored.acts.map((body) => ({ body, item: null, at: 0 }));
  }

  /** What waits beside the acts, as it is stored; null where there is nothing. */
  kept() {
    return null;
  }

  /** Whether whoever closes the tab is warned. */
  warns() {
    return this.acts.length > 0;
  }

  /** What was said with a refused act, and what is to be done with it. */
  takeBack() {}

  attach(desk, data) {
    this.desk = desk;
    this.stopped = "";
    this.#shownTo = data.shown_to;
    if (this.#person === data.person) return;
    this.empty();
    this.#person = data.person;
    let stored = null;
    try {
      stored = JSON.parse(sessionStorage.getItem(this.#store));
    } catch {
      // nothing that can be read
    }
    // another person's is removed unsent; of the same person's an earlier sign-in (shown_to) may have ended meanwhile
    if (stored && stored.person === data.person) this.restore(stored);
    this.save();
  }

  detach(desk) {
    if (this.desk === desk) this.desk = null;
  }

  clear() {
    this.empty();
    this.#person = null;
    this.save();
    this.changed();
  }

  waits(id) {
    return this.acts.some((act) => act.body.item === id);
  }

  add(body, item) {
    this.acts.push({ body, item, at: performance.now() });
    this.save();
  }

  save() {
    window[this.warns() ? "addEventListener" : "removeEventListener"]("beforeunload", this.#warn);
    try {
      const kept = this.kept();
      if (!kept && !this.acts.length) sessionStorage.removeItem(this.#store);
      else {
        const acts = this.acts.map((act) => act.body);
        sessionStorage.setItem(this.#store, JSON.stringify({ person: this.#person, shown_to: this.#shownTo, acts, ...kept }));
      }
    } catch {
      // full or forbidden: then it waits in memory only
    }
  }

  changed() {
    this.desk?.drawLine();
  }

  isSlow() {
    return this.#since > 0 && performance.now() - this.#since >= SLOW;
  }

  /** Send with the mark of the person to whom the page was shown. */
  async send(name, body) {
    this.#since = performance.now();
    const timer = setTimeout(() => this.changed(), SLOW);
    const shownTo = this.#shownTo, person = this.#person;
    try {
      const answer = await post(name, { shown_to: shownTo, ...body });
      if (person === this.#person) return answer;
    } catch (error) {
      if (shownTo === this.#shownTo || !(error instanceof Refused)) throw error;
    } finally {
      clearTimeout(timer);
      this.#since = 0;
    }
    throw new Unanswered(""); // to another person or an earlier sign-in: it says nothing to whom the page is shown now
  }

  async run() {
    if (this.#running) return;
    this.#running = true;
    try {
      for (;;) {
        const job = this.stopped ? null : this.acts.length ? () => this.#sendAct(this.acts[0]) : this.desk?.nextJob();
        if (!job) break;
        try {
          await job();
          this.#failures = 0;
          this.trouble = "";
          this.changed();
        } catch (error) {
          if (!(error instanceof Unanswered)) throw error;
          this.trouble = error.message;
          this.#failures += 1;
          this.changed();
          await this.#pause(Math.min(LONGEST_PAUSE, Math.max(error.after, 100 * 2 ** this.#failures)));
        }
      }
    } finally {
      this.#running = false;
      this.changed();
    }
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #sendAct(act) {
    let answer, refused;
    try {
      answer = await this.send(this.#route, { ...act.body, shown: this.desk?.item?.id ?? null });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (this.ends(error)) return;
      refused = error;
    }
    if (this.acts[0] !== act) return; // cleared meanwhile
    this.acts.shift();
    if (refused && refused.code !== "gone") this.takeBack(act.body);
    this.save();
    if (refused) await this.desk?.actRefused(act, refused);
    else this.desk?.actStored(act, answer);
  }

  /** Whether this refusal means that nothing more is taken from this page; what waits stays in the tab. */
  ends(refused) {
    if (!["signed_out", "not_allowed", "changed_person"].includes(refused.code)) return false;
    this.stopped = refused.message;
    this.changed();
    return true;
  }
}

/** The element of a text: HTML that the server made, or plain text, a part at a time as ``more`` sees its end. */
function drawText(text, more) {
  if (text.html !== undefined) {
    const box = element("div", { className: "assay-text" });
    box.innerHTML = text.html; // made by core/ui/shell/texts.py: nothing in it acts or loads
    return box;
  }
  const box = element("div", { className: "assay-text assay-plain", dir: "auto" });
  const end = element("span", { className: "rest" });
  let drawn = 0;
  end.more = () => {
    let until = Math.min(text.plain.length, drawn + PART);
    if (/[\uD800-\uDBFF]/.test(text.plain[until - 1])) until += 1; // both halves of a character
    end.before(text.plain.slice(drawn, until));
    drawn = until;
    more.unobserve(end);
    if (drawn < text.plain.length) more.observe(end); // asked anew: it may still be in view
  };
  box.append(end);
  end.more();
  return box;
}

/** What draws the next part of a long text before it comes into view. */
const partsOf = (reader) =>
  new IntersectionObserver((seen) => seen.forEach((one) => one.isIntersecting && one.target.more()), { root: reader, rootMargin: "600px" });

function isField(target) {
  return Boolean(target?.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], [role=combobox]"));
}

/** Streamlit's dialog would take the keyboard away in the middle of a word, and the desk says the same itself. */
function dismissConnectionError() {
  for (const dialog of document.querySelectorAll("[data-testid=stDialog] [role=dialog]"))
    if (dialog.textContent.includes("Connection error")) dialog.querySelector("button[aria-label=Close]")?.click();
}

function refuse(event) {
  event.stopImmediatePropagation();
  event.preventDefault();
}
