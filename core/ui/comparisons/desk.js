// A or B: keys, timing and drawing. What is true is on the server (core/ui/comparisons/acts.py). Before this file stands
// core/ui/rate/sending.js. A desk is made once for its element, as the rating desk is.

const STILL_SENDING = "What you pressed is still being sent. Change the name once it was.";
const NOTHING_LOST = "What you pressed is kept, and this goes on by itself once the server answers.";
const CHANGED = "One of the texts was changed meanwhile; these are the ones of now. Read them, then press again.";
const DELETED = "One of the two answers was deleted or changed meanwhile; this is the next pair.";
const EMPTY_FOR_LEADS = "No pair waits for you. Open pairs: people are shown two answers to one question and say which is better.";
const EMPTY = "No pair waits for you. A lead opens pairs; load this page again then.";
const DONE = "You compared every pair that waited for you. Thank you.";

const LEAST_IN_VIEW = 60; // pixels of an answer that must have been on the screen before a key counts

const line = new Line("assay.pairs", "pairs/act");
const desks = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let desk = desks.get(parentElement);
  if (desk && desk.data.person !== data.person) {
    desk.end();
    desk = null;
  }
  if (desk) desk.follow(data);
  else {
    desk = new PairDesk(parentElement, data, () => setTriggerValue("left", true));
    desks.set(parentElement, desk);
  }
  return () => {
    desk.end();
    desks.delete(parentElement);
  };
}

class PairDesk {
  item = null;
  deck = []; // what is kept for this rater: the waiting pair, and at most one ahead of it
  progress = null;
  #parts = new Map();
  #wants = { deck: true, renewal: false };
  #isEmpty = false; // the server has nothing for this rater
  #step = null;
  #paintedAt = 0;
  #refusedAt = -DWELL;
  #held = "";
  #drawn = new WeakMap();
  #seen = new Set(); // the sides that were in view: on a narrow screen B stands below A
  #ticks = 0;
  #over = new AbortController();

  constructor(shadow, data, left) {
    this.shadow = shadow;
    this.left = left;
    this.root = shadow.querySelector('[data-key="compare.desk"]');
    for (const one of this.root.querySelectorAll("[data-part], [data-key]"))
      this.#parts.set(one.dataset.part ?? one.dataset.key, one);
    this.more = partsOf(this.part("reader"));
    this.#listen();
    this.follow(data);
    this.#showNothing();
    line.run();
  }

  follow(data) {
    this.data = data;
    this.part("name").textContent = data.name;
    this.key("change").hidden = !data.local;
    line.attach(this, data);
    line.run();
  }

  end() {
    this.#over.abort();
    this.#step = null;
    clearInterval(this.timer);
    this.more.disconnect();
    this.dialogs.disconnect();
    this.#giveBack();
    line.detach(this);
  }

  part(name) {
    return this.#parts.get(name);
  }

  key(name) {
    return this.#parts.get(`compare.${name}`);
  }

  // --- the place ----------------------------------------------------------------------------------------------------

  nextJob() {
    if (this.#step) return () => this.#runStep();
    if (this.#wants.deck) return () => this.#fetchDeck();
    if (this.#wants.renewal) return () => this.#renew();
    return null;
  }

  async #ask(name, body) {
    try {
      return await line.send(`pairs/${name}`, body);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (!line.ends(error)) this.say(error.message);
      return null;
    }
  }

  async #fetchDeck() {
    const deck = await this.#ask("next", { shown: this.item?.id ?? null });
    this.#wants.deck = false;
    if (deck) this.#takeDeck(deck);
  }

  #takeDeck(deck) {
    this.progress = deck.progress ?? this.progress;
    if (deck.items) {
      const known = new Map([...this.deck, this.item].filter(Boolean).map((item) => [item.id, item]));
      this.deck = deck.items
        .filter((item) => !line.waits(item.id))
        .map((item) => {
          const old = known.get(item.id);
          return old?.showing === item.showing && sameTexts(old, item) ? Object.assign(old, { shown: item.shown }) : item;
        });
      this.#isEmpty = !deck.items.length;
      const here = this.item && this.deck.find((item) => item.id === this.item.id);
      if (here && here !== this.item) this.show(here, sameTexts(here, this.item) ? "" : CHANGED);
      else if (!this.item) this.#showNext();
      for (const item of this.deck) setTimeout(() => this.#texts(item));
    }
    this.#wants.deck = !deck.items || this.#isUntold();
    this.#drawProgress();
  }

  /** Whether the server does not know yet that the pair on the screen was shown. */
  #isUntold() {
    return this.deck.includes(this.item) && !this.item.shown;
  }

  #showNext() {
    const next = this.deck.find((one) => !line.waits(one.id));
    if (next) this.show(next);
    else this.#showNothing();
  }

  show(item, note = "") {
    if (this.item !== item) this.#seen.clear();
    this.item = item;
    if (note) this.say(note);
    this.#draw();
    this.#wants.deck ||= this.#isUntold();
    this.#restartDwell();
  }

  #showNothing() {
    this.item = null;
    this.#paintedAt = 0;
    this.#wants.deck ||= !this.#isEmpty;
    this.#draw();
    this.#drawEmpty();
  }

  #restartDwell() {
    const item = this.item;
    this.#paintedAt = 0;
    requestAnimationFrame(() =>
      setTimeout(() => {
        if (this.item !== item) return;
        this.#paintedAt = performance.now();
        this.#look();
      }),
    );
  }

  /** Note which of the two answers are in view. */
  #look() {
    if (!this.item) return;
    const reader = this.part("reader").getBoundingClientRect();
    const top = Math.max(reader.top, this.key("prompt").getBoundingClientRect().bottom);
    for (const side of ["left", "right"]) {
      const answer = this.key(side).getBoundingClientRect();
      const visible = Math.min(answer.bottom, reader.bottom) - Math.max(answer.top, top);
      if (visible >= Math.min(LEAST_IN_VIEW, answer.height)) this.#seen.add(side);
    }
  }

  /** Whether both answers were in view; else the one that was not comes into view. */
  #sawBoth() {
    this.#look();
    const unseen = ["left", "right"].find((side) => !this.#seen.has(side));
    if (!unseen) return true;
    const reader = this.part("reader"); // nothing else moves, as it would with scrollIntoView
    const above = this.key(unseen).getBoundingClientRect().top - reader.getBoundingClientRect().top;
    reader.scrollTop += above - this.key("prompt").offsetHeight - 8;
    this.#restartDwell();
    this.say(`${unseen === "left" ? "A" : "B"} was out of view; here it is. Press the key again.`);
    return false;
  }

  // --- acts ---------------------------------------------------------------------------------------------------------

  pick(act) {
    const now = performance.now();
    if (!this.item || this.#step || line.stopped) return;
    if (!this.#paintedAt || now - this.#paintedAt < DWELL || now - this.#refusedAt < DWELL) {
      this.#refusedAt = now;
      this.say(TOO_FAST);
      return;
    }
    if (act !== "skip" && !this.#sawBoth()) return;
    const item = this.item;
    const body = {
      act,
      item: item.id,
      request: `${item.request}:${act}`,
      showing: item.showing,
      shown_ms: Math.round(now - this.#paintedAt),
    };
    item.request = freshRequest(); // another key for the same pair is another act
    line.add(body, item);
    this.say("");
    this.deck = this.deck.filter((one) => one.id !== item.id);
    this.#isEmpty = false;
    this.#showNext();
    line.run();
    setTimeout(() => this.drawLine(), 500); // most are acknowledged long before
  }

  actStored(act, answer) {
    this.key("receipt").textContent = answer.receipt.text;
    if (this.progress && act.body.act !== "skip" && !answer.again) {
      this.progress.compared += 1;
      this.progress.left = Math.max(0, this.progress.left - 1);
    }
    this.#takeDeck(answer);
  }

  async actRefused(act, refused) {
    this.say(refused.message);
    this.#wants.deck = true; // the server has it still, as it is now, and gives it first
    if (!this.item) this.#showNext();
  }

  undo() {
    if (this.#step || line.stopped) return;
    const request = `${freshRequest()}:undo`; // the same until its answer is heard: one press takes back one act
    const step = { request };
    this.#step = step;
    setTimeout(() => this.#step === step && this.say(UNDO_WAITS), STEP_PATIENCE);
    line.run();
  }

  async #runStep() {
    const step = this.#step;
    const found = step.reveals
      ? await this.#ask("reveal", { item: step.reveals.id, showing: step.reveals.showing })
      : await this.#ask("undo", { request: step.request });
    if (this.#step !== step) return;
    this.#step = null;
    if (!found) return;
    this.progress = found.progress ?? this.progress;
    this.#drawProgress();
    if (step.reveals) {
      this.deck = this.deck.map((one) => (one.id === found.item.id ? found.item : one));
      if (this.item === step.reveals) this.show(found.item);
      return;
    }
    if (found.item) {
      this.deck = [found.item, ...this.deck.filter((one) => one.id !== found.item.id)];
      this.key("receipt").textContent = ""; // it was for what is taken back
      this.show(found.item);
    }
    this.say(found.notice);
  }

  #reveal() {
    if (!this.item || this.#step || line.stopped) return;
    this.#step = { reveals: this.item };
    line.run();
  }

  async #renew() {
    this.#wants.renewal = false;
    const items = [...new Set([this.item, ...this.deck].filter(Boolean).map((one) => one.id))];
    if (!items.length) return;
    const found = await this.#ask("renew", { items });
    if (!found) return;
    const before = this.deck.length;
    this.deck = this.deck.filter((item) => item === this.item || !found.lost.includes(item.id));
    if (this.deck.length < before) this.#wants.deck = true;
    if (this.item && (this.item.revealed || found.lost.includes(this.item.id))) await this.#refresh();
  }

  /** Look at the pair on the screen again: it may have been changed, hidden again, or deleted. */
  async #refresh() {
    const at = this.item;
    let fresh;
    try {
      fresh = (await line.send("pairs/item", { item: at.id })).item;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (line.ends(error) || this.item !== at || error.code !== "gone") return;
      this.deck = this.deck.filter((item) => item !== at);
      this.#wants.deck = true;
      this.#showNext();
      this.say(DELETED);
      return;
    }
    if (this.item === at && !line.waits(at.id) && !sameTexts(at, fresh)) {
      this.deck = this.deck.map((one) => (one === at ? fresh : one));
      this.show(fresh, at.revealed && !fresh.revealed ? "" : CHANGED);
    }
  }

  #tick() {
    this.#ticks += 1;
    if (!this.item) this.#wants.deck = true; // somebody may have opened pairs, or left some
    if (this.#ticks % RENEW_TICKS === 0 || this.item?.revealed) this.#wants.renewal = true;
    line.run();
  }

  /** What was kept ahead and never shown goes to others. */
  #giveBack() {
    const ahead = this.deck.filter((item) => item !== this.item && !item.shown).map((item) => item.id);
    if (ahead.length && !line.stopped) return line.send("pairs/release", { items: ahead }).catch(() => {});
  }

  async #change() {
    if (line.acts.length) return this.say(STILL_SENDING);
    await this.#giveBack();
    try {
      await line.send("leave", {});
    } catch (error) {
      return this.say(error instanceof Unanswered ? NOT_NOW : error.message);
    }
    line.clear();
    this.left();
  }

  // --- keys ---------------------------------------------------------------------------------------------------------

  #listen() {
    const signal = this.#over.signal;
    const on = (target, kind, act, options = {}) => target.addEventListener(kind, act, { signal, ...options });
    on(window, "keydown", (event) => this.#pressed(event), { capture: true });
    on(window, "keyup", (event) => event.code === this.#held && (this.#held = ""), { capture: true });
    on(window, "blur", () => (this.#held = ""));
    // Streamlit sees the desk as one element, so it would take letters typed in here for its own shortcuts
    for (const kind of ["keydown", "keypress", "keyup"]) on(this.root, kind, (event) => event.stopPropagation());
    on(window, "pagehide", () => this.#giveBack());
    on(window, "pageshow", (event) => event.persisted && this.#comeBack());
    on(document, "visibilitychange", () => document.hidden || this.#lookAgain());
    this.timer = setInterval(() => this.#tick(), TICK);
    this.dialogs = new MutationObserver(dismissConnectionError);
    this.dialogs.observe(document.body, { childList: true });
    on(this.part("reader"), "scroll", () => this.#look(), { passive: true });
    on(this.root, "click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (event.detail) button.blur(); // pressed by hand: Space scrolls on, and does not press it again
      this.#clicks[button.dataset.key ?? `part.${button.dataset.part}`]?.(button);
    });
  }

  #clicks = {
    "compare.pick_left": () => this.pick("left"),
    "compare.pick_right": () => this.pick("right"),
    "compare.pick_equal": () => this.pick("equal"),
    "compare.pick_neither": () => this.pick("neither"),
    "compare.skip": () => this.pick("skip"),
    "compare.undo": () => this.undo(),
    "compare.reveal": () => this.#reveal(),
    "compare.change": () => this.#change(),
    "compare.help": () => this.key("keys_help").showModal(),
    "part.close": (button) => button.closest("dialog").close(),
  };

  #acts = {
    arrowleft: () => this.pick("left"),
    arrowright: () => this.pick("right"),
    0: () => this.pick("equal"),
    n: () => this.pick("neither"),
    s: () => this.pick("skip"),
    u: () => this.undo(),
    r: () => {}, // Streamlit's: it would run the page again
    c: () => {}, // Streamlit's: it would offer to clear caches
    "?": () => this.key("keys_help").showModal(),
  };

  #pressed(event) {
    const target = event.composedPath()[0];
    if (event.repeat && event.code === this.#held) return refuse(event); // held on from the key that led here
    const dialog = this.root.querySelector("dialog[open]");
    if (event.key === "Escape" && dialog) {
      dialog.close(); // the browser would do it a moment later, and take the next key for the dialog
      return refuse(event);
    }
    if (dialog || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isField(target)) return;
    if (target.closest?.("[role=dialog], [role=menu], [role=listbox]")) return;
    const act = this.#acts[event.key.toLowerCase()];
    if (act) {
      refuse(event);
      if (event.repeat) return;
      this.#held = event.code;
      act();
    } else if (this.#scrolls(event, target)) refuse(event);
  }

  #scrolls(event, target) {
    const here = target === document.body || target === document.documentElement || this.shadow.contains(target);
    if (!here || target.closest(".prompt-text")) return false;
    if (event.key === " " && target.closest("button, a, summary")) return false;
    const reader = this.part("reader");
    const pinned = this.key("prompt").hidden ? 0 : this.key("prompt").offsetHeight;
    const page = Math.max(60, reader.clientHeight - pinned - 40);
    const by = { " ": event.shiftKey ? -page : page, PageDown: page, PageUp: -page, ArrowDown: 60, ArrowUp: -60 };
    if (event.key in by) reader.scrollTop += by[event.key];
    else if (event.key === "Home") reader.scrollTop = 0;
    else if (event.key === "End") reader.scrollTop = reader.scrollHeight;
    else return false;
    return true;
  }

  #lookAgain() {
    this.#wants.renewal = true;
    line.run();
  }

  /** The page comes out of the browser's memory: what was ahead was given back. */
  #comeBack() {
    this.deck = this.deck.filter((item) => item === this.item);
    this.#wants.deck = true;
    this.#lookAgain();
  }

  // --- drawing ------------------------------------------------------------------------------------------------------

  say(text) {
    this.key("notice").textContent = text;
  }

  drawLine(now = false) {
    const { acts } = line;
    if (line.stopped && this.root.dataset.state !== "stopped") {
      this.root.dataset.state = "stopped";
      this.key("notice").replaceChildren(`${line.stopped} `, element("a", { href: "/compare", textContent: "Load the page again" }));
    }
    const late = now || line.trouble || line.stopped || acts.some((act) => performance.now() - act.at >= 450);
    const words = [];
    if (acts.length && late) words.push(`${plural(acts.length, "comparison waits", "comparisons wait")} to be sent.`);
    if (line.trouble) words.push(line.trouble, acts.length ? "Keep this page open." : "", NOTHING_LOST);
    else if (line.isSlow()) words.push(SLOW_ANSWER);
    const said = words.filter(Boolean).join(" ");
    if (this.key("waiting").textContent !== said) this.key("waiting").textContent = said;
    if (!this.item) this.#drawEmpty();
  }

  #drawProgress() {
    if (!this.progress) return;
    const { compared, left, more_left: more } = this.progress;
    const remain = `${more ? "more than " : ""}${left.toLocaleString("en")} left`;
    const words = `${compared.toLocaleString("en")} compared · ${remain}`;
    this.key("progress").textContent = words;
    const bar = this.part("bar");
    bar.firstElementChild.style.inlineSize = `${compared + left ? (100 * compared) / (compared + left) : 0}%`;
    bar.setAttribute("aria-valuemax", compared + left);
    bar.setAttribute("aria-valuenow", compared);
    bar.setAttribute("aria-valuetext", words);
  }

  #draw() {
    const item = this.item;
    if (!line.stopped) this.root.dataset.state = item ? "comparing" : "waiting";
    for (const part of ["picks", "both"]) this.part(part).hidden = !item;
    this.part("empty").hidden = Boolean(item);
    this.key("skip").hidden = this.key("prompt").hidden = !item;
    this.part("about").textContent = item ? `pair ${item.id}` : "";
    this.key("turns").hidden = !item?.turns.length;
    this.key("hidden").hidden = !item?.hidden && !item?.revealed;
    if (!item) return;
    const texts = this.#texts(item);
    this.key("turns").replaceChildren(...texts.turns);
    for (const name of ["prompt", "left", "right"]) this.part(name).replaceChildren(texts[name]);
    this.#drawHidden(item);
    this.part("prompt").scrollTop = 0;
    const reader = this.part("reader");
    reader.scrollTop = item.turns.length ? this.key("prompt").offsetTop - reader.offsetTop - 90 : 0;
  }

  #drawHidden(item) {
    const told = this.key("hidden");
    if (item.revealed) {
      told.textContent = `Personal identifiers are shown to you for ${this.data.revealed_for}; the audit log keeps that.`;
    } else if (item.hidden) {
      told.replaceChildren(`Hidden here: ${item.hidden.words}. `);
      if (!item.hidden.may_reveal) return;
      const button = element("button", { type: "button", className: "quiet", textContent: "Reveal" });
      button.dataset.key = "compare.reveal";
      button.title = `Shows them to you for ${this.data.revealed_for}. The audit log keeps that you looked.`;
      told.append(button);
    }
  }

  #drawEmpty() {
    const isEmpty = this.#isEmpty && !line.acts.length && !line.trouble && !this.#wants.deck;
    if (!line.stopped) this.root.dataset.state = isEmpty ? "empty" : "waiting";
    const none = this.progress?.compared ? DONE : this.data.opens_pairs ? EMPTY_FOR_LEADS : EMPTY;
    const waits = line.trouble ? "The next pair is shown as soon as the server answers." : "Fetching the next pair …";
    this.part("why").textContent = isEmpty ? none : waits;
    this.key("to_open").hidden = !isEmpty || !this.data.opens_pairs;
    this.key("to_rate").hidden = !isEmpty;
  }

  /** The elements of a pair's texts, made once: those of the pair ahead before they are needed. */
  #texts(item) {
    let texts = this.#drawn.get(item);
    if (!texts) {
      const turns = item.turns.map(({ role, text }) => {
        const who = element("h3", { textContent: this.data.speakers[role] });
        return element("div", { className: `turn turn-${role}` }, who, drawText(text, this.more));
      });
      texts = { turns };
      for (const name of ["prompt", "left", "right"]) texts[name] = drawText(item[name], this.more);
      this.#drawn.set(item, texts);
    }
    return texts;
  }
}

function sameTexts(one, other) {
  const texts = ({ turns, prompt, left, right }) => [prompt, left, right, ...turns.map((turn) => turn.text)];
  const [these, those] = [texts(one), texts(other)];
  return these.length === those.length && these.every((text, n) => text.html === those[n].html && text.plain === those[n].plain);
}
