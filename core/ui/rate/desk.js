// The rating desk: keys, focus, drafts, timing and drawing. What is true is on the server (core/ui/rate/routes.py).
// Streamlit calls the default export again at every change of data or theme, without its clean-up: a desk is made once
// for its element, and what it listens to ends with it. The module itself stays as long as the browser's page does.
// Before this file stands sending.js.

const DRAFT_PAUSE = 700, DRAFT_AT_LATEST = 2000;
const LEAST_IN_VIEW = 80; // pixels of an answer that must be on the screen for a digit to count

const INTERRUPTED =
  "The page was interrupted while you typed, so your keys rate nothing. Click into the comment to go on, or press Esc.";
const NOTHING_LOST = "What you typed is still here, and this goes on by itself once the server answers.";
const CHANGED = "The text of this answer was changed meanwhile; this is the new one. Read it, then act again.";
const DELETED = "The answer you were at was deleted meanwhile; this is the next one.";
const COMES_BACK = "The answer comes back as the next one.";
const CHECKED = ["flagged", "second", "pair"]; // filters that are on or off
const NO_FILTERS = { session_label: "", source: "", least_words: null, most_words: null, flagged: false, second: false, pair: false };
const ONLY_SECOND = "You see only answers that others rated: second opinions.";
const ONLY_PAIR = "You see only unrated answers to questions that have a rated answer: each rating can make a pair.";
const UNCHANGED = "This is still the answer as it was. Change it first, then save.";
const SAVING = "Saving …";
const WRITING_KEPT_HERE = "What you wrote is kept: press Esc, then load the page again.";
const WRITING_KEPT = "What you wrote is kept; E goes on with it.";
const WRITING_CHANGED =
  "The text of this answer was changed meanwhile, so nothing was saved. What you wrote is kept: press Esc, read the new text, then press E to go on with yours.";
const WRITING_DELETED = "What you wrote is still here; copy it if you want to keep it.";

/** The line of ratings, with what is typed and not yet stored. */
class RatingLine extends Line {
  typed = new Map(); // {item, comment, flag, reasons} by answer: typed or chosen, and not yet kept as a draft
  reasons = new Map(); // by answer: why it was to be discarded or skipped, where the server refused that
  written = new Map(); // {text, showing, request} by answer: a better one, not yet saved; request: it is to be sent
  typing = null; // the answer whose comment, or "" for another field, somebody was in when the browser left the page
  #unsendable = new WeakSet(); // of what was typed: refused by the server, so it stays in the tab

  attach(desk, data) {
    this.#unsendable = new WeakSet(); // after a fresh sign-in it may be taken
    super.attach(desk, data);
  }

  empty() {
    super.empty();
    this.typed = new Map();
    this.reasons = new Map();
    this.written = new Map();
    this.typing = null;
  }

  restore(stored) {
    super.restore(stored);
    this.typed = new Map(stored.typed.map((typed) => [typed.item, typed]));
    this.reasons = new Map(stored.reasons);
    this.written = new Map(stored.written);
    this.typing = stored.typing;
  }

  kept() {
    const { typed, reasons, written, typing } = this;
    if (!this.acts.length && !typed.size && !reasons.size && !written.size && typing === null) return null;
    return { typed: [...typed.values()], reasons: [...reasons], written: [...written], typing };
  }

  warns() {
    return super.warns() || this.written.size > 0;
  }

  add(body, item) {
    this.typed.delete(body.item);
    this.reasons.delete(body.item);
    super.add(body, item);
  }

  type(typed) {
    this.typed.delete(typed.item); // the one that was typed last stands last
    this.typed.set(typed.item, typed);
    this.save();
  }

  /** Note a better answer to this one, or, with null, that there is none that is not saved. */
  write(id, written) {
    if (written) this.written.set(id, written);
    else this.written.delete(id);
    this.save();
  }

  /** The better answer that is to be sent next: [answer, what was written]. */
  toSave() {
    return [...this.written].find(([, { request }]) => request);
  }

  /** Note where somebody was typing, for the page that comes after a reload. */
  leave(typing) {
    this.typing = typing;
    this.save();
  }

  /** What was typed for an answer is stored; unless more was typed since. */
  forget(typed) {
    if (this.typed.get(typed.item) === typed) this.typed.delete(typed.item);
    this.save();
  }

  /** What was typed and can be sent, as it was typed first. */
  unsent() {
    return [...this.typed.values()].filter((typed) => !this.#unsendable.has(typed));
  }

  async sendDraft(typed) {
    try {
      await this.send("draft", typed);
    } catch (error) {
      if (error instanceof Refused) this.#unsendable.add(typed);
      throw error;
    }
    this.forget(typed);
  }

  /** What was said with a refused act is typed, and not stored, again. */
  takeBack({ item, comment, flag, reasons, reason }) {
    if (!this.typed.has(item)) this.typed.set(item, { item, comment, flag, reasons });
    if (reason) this.reasons.set(item, reason);
  }
}

const line = new RatingLine("assay.desk", "act");
const desks = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let desk = desks.get(parentElement);
  if (desk && desk.data.person !== data.person) {
    desk.end();
    desk = null;
  }
  if (desk) desk.follow(data);
  else {
    desk = new Desk(parentElement, data, () => setTriggerValue("left", true));
    desks.set(parentElement, desk);
  }
  return () => {
    desk.end();
    desks.delete(parentElement);
  };
}

class Desk {
  item = null;
  deck = []; // what is kept for this rater: the waiting one, and at most one ahead of it
  returned = []; // answers whose act was refused: {item, note}
  compared = null; // all answers to the prompt, while they are on one screen
  done = new Set(); // of those, what was acted on
  retracing = false;
  flag = false;
  reasons = []; // that go with the rating, as the guidelines word them
  offered = []; // to choose from: those of the guidelines, then what was chosen under other guidelines
  guidelines = null;
  shownGuidelines = null;
  progress = null;
  why = null;
  choice = null;
  #parts = new Map();
  #open;
  #draftDue = 0;
  #draftSince = 0;
  #draftTimer = 0;
  #step = null;
  #wants = { deck: true, choice: true, renewal: false };
  #paintedAt = 0;
  #refusedAt = -DWELL;
  #typing = null; // the answer whose comment, or "" for another field, that was not left on purpose
  #edited = null; // in the dialog for a better answer: {item, showing}
  #held = "";
  #parked = null; // the rating key to which Tab out of the comment led
  #drawn = new WeakMap();
  #ticks = 0;
  #over = new AbortController();

  constructor(shadow, data, left) {
    this.shadow = shadow;
    this.root = shadow.querySelector('[data-key="rate.desk"]');
    this.left = left;
    this.#open = data.open;
    this.#find();
    this.follow(data);
    this.#fill();
    this.#find();
    this.more = partsOf(this.part("reader"));
    this.#listen();
    [...data.reason_keys].forEach((key, place) => (this.#acts[key] = () => this.#toggleReason(this.shownGuidelines?.reasons[place])));
    this.#showNothing();
    this.#typing = line.typing; // who reloads the page in the middle of a comment goes on typing
    line.leave(null);
    this.run();
  }

  follow(data) {
    this.data = data;
    this.part("name").textContent = data.name;
    this.key("change").hidden = !data.local;
    this.key("comment").maxLength = data.longest_comment;
    this.part("impact").textContent = data.impact;
    line.attach(this, data);
  }

  end() {
    this.#over.abort();
    this.#step = null;
    clearInterval(this.timer);
    clearTimeout(this.#draftTimer);
    this.more.disconnect();
    this.dialogs.disconnect();
    this.#giveBack();
    line.detach(this);
  }

  part(name) {
    return this.#parts.get(name);
  }

  key(name) {
    return this.#parts.get(`rate.${name}`);
  }

  /** Elements that stay, by data-part or data-key: looked up once, for a text can have very many elements. */
  #find() {
    for (const one of this.root.querySelectorAll("[data-part], [data-key]"))
      this.#parts.set(one.dataset.part ?? one.dataset.key, one);
  }

  run() {
    line.run();
  }

  // --- the place ----------------------------------------------------------------------------------------------------

  nextJob() {
    if (this.#wants.deck && !this.item) return () => this.#fetchDeck(); // what was typed is in the tab, and can wait
    const written = line.toSave();
    if (written) return () => this.#sendWritten(...written);
    const due = this.#step || performance.now() >= this.#draftDue;
    if (due && line.unsent().length) return () => this.#sendDraft();
    if (this.#step) return () => this.#runStep();
    if (this.#wants.deck) return () => this.#fetchDeck();
    if (this.#wants.renewal) return () => this.#renew();
    if (this.#wants.choice) return () => this.#fetchChoice();
    return null;
  }

  /** Carry out a request, unless it is refused: then say why. */
  async #ask(name, body) {
    try {
      return await line.send(name, body);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (!line.ends(error)) this.say(error.message);
      return null;
    }
  }

  async #fetchDeck() {
    const deck = await this.#ask("next", { shown: this.item?.id ?? null, open: this.#open ?? null });
    this.#wants.deck = false;
    const opened = deck?.items?.[0]?.id === this.#open ? deck.items.shift() : null; // opened from another page
    this.#open = null;
    if (deck) this.#takeDeck(deck, opened);
  }

  #takeDeck(deck, opened = null) {
    this.progress = deck.progress ?? this.progress;
    this.guidelines = deck.guidelines ?? this.guidelines;
    if (deck.items) {
      const known = new Map([...this.deck, this.item].filter(Boolean).map((item) => [item.id, item]));
      const fresh = deck.items.filter((item) => !line.waits(item.id));
      this.why = deck.why_empty;
      this.deck = fresh.map((item) => {
        const old = known.get(item.id);
        if (!old || !sameTexts(old, item)) return item;
        old.request = item.request;
        old.showing = item.showing ?? old.showing;
        old.source = item.source;
        old.shown = item.shown;
        return old;
      });
      const here = this.item && this.deck.find((item) => item.id === this.item.id);
      if (here && here !== this.item) this.#showChanged(here);
      if (opened) this.show(opened);
      else if (!this.item) this.showNext();
      for (const item of this.deck) setTimeout(() => this.#texts(item));
    }
    this.#wants.deck = !deck.items || this.#isUntold();
    this.#drawProgress();
  }

  /** Whether the server does not know yet that the answer on the screen was shown, which counts as served. */
  #isUntold() {
    return this.deck.includes(this.item) && !this.item.shown;
  }

  /** The next answer, without waiting for the server. */
  #following() {
    const back = this.returned.shift();
    if (back) return back;
    if (this.compared) {
      const beside = this.compared.find((item) => item.kept && item.rating === null && !this.done.has(item.id));
      if (beside) return { item: beside };
    }
    const item = this.deck.find((one) => !line.waits(one.id));
    return item ? { item } : null;
  }

  showNext() {
    const next = this.#following();
    if (next) this.show(next.item, { note: next.note });
    else this.#showNothing();
  }

  show(item, { retracing = false, note = "" } = {}) {
    const unsent = line.typed.get(item.id) ?? item.draft ?? savedOf(item);
    if (!this.compared?.includes(item)) this.compared = null;
    this.#close(this.part("why-dialog")); // it asked about what was on the screen
    if (this.item?.id !== item.id) this.key("comment").blur(); // who is typing there would go on in another's comment
    this.item = item;
    this.retracing = retracing;
    this.flag = unsent.flag;
    this.key("comment").value = unsent.comment;
    this.#fitComment();
    this.shownGuidelines = this.guidelines;
    this.reasons = unsent.reasons ?? []; // a tab of an earlier release kept none
    this.offered = [...new Set([...(this.guidelines?.reasons ?? []), ...item.reasons, ...this.reasons])];
    if (note) this.say(note);
    this.#drawPlace();
    this.#drawTexts();
    if (this.#typing === item.id) this.key("comment").focus();
    if (this.part("better-dialog").open) this.#drawEdited();
    else if (this.#typing === `better ${item.id}`) this.#openBetter();
    this.#drawGuidelines();
    this.#wants.deck ||= this.#isUntold();
    this.#restartDwell();
  }

  #showNothing() {
    this.#close(this.part("why-dialog"));
    this.key("comment").blur();
    this.item = null;
    this.compared = null;
    this.#paintedAt = 0;
    this.#wants.deck = true;
    this.key("comment").value = "";
    this.#drawPlace();
    this.#drawTexts();
    this.#drawEmpty();
  }

  /** The answer on the screen has another text by now: a showing of its own, with what was typed. */
  #showChanged(item) {
    const note = this.item.revealed && !item.revealed ? "" : CHANGED;
    item.draft = this.#typedNow();
    this.show(item, { retracing: this.retracing, note });
  }

  #restartDwell() {
    const item = this.item;
    this.#paintedAt = 0;
    requestAnimationFrame(() =>
      setTimeout(() => {
        if (this.item === item) this.#paintedAt = performance.now();
      }),
    );
  }

  // --- acts ---------------------------------------------------------------------------------------------------------

  #accepts(say = (text) => this.say(text)) {
    const now = performance.now();
    if (!this.item || this.#step || line.stopped) return false;
    if (!this.#paintedAt || now - this.#paintedAt < DWELL || now - this.#refusedAt < DWELL) {
      this.#refusedAt = now;
      say(TOO_FAST);
      return false;
    }
    return true;
  }

  rate(value) {
    if (!this.#accepts()) return;
    if (!this.#isInView()) {
      this.#bringIntoView();
      this.#restartDwell();
      const which = this.compared ? `Answer ${this.#place()}` : "The answer";
      this.say(`${which} was out of view; here it is. Press the key again to rate it.`);
      return;
    }
    this.#act("rate", value, { rating: value });
  }

  skip(reason = "") {
    if (!this.#accepts()) return;
    const rating = this.item.rating;
    if (rating === null) this.#act("skip", "skip", { reason });
    else this.#act("keep", "keep", { rating });
  }

  #act(act, suffix, said) {
    const item = this.item;
    const { comment, flag, reasons } = this.#typedNow();
    const body = {
      act,
      item: item.id,
      request: `${item.request}:${suffix}`,
      showing: item.showing,
      rating: null,
      reason: "",
      comment,
      flag,
      reasons,
      shown_ms: Math.round(performance.now() - this.#paintedAt),
      guideline_version: this.shownGuidelines?.number ?? null,
      ...said,
    };
    item.request = freshRequest(); // another key for the same answer is another act
    line.add(body, item);
    this.done.add(item.id);
    this.#typing = null;
    this.say("");
    this.deck = this.deck.filter((one) => one.id !== item.id);
    this.showNext();
    this.run();
    setTimeout(() => this.drawLine(), 500); // most are acknowledged long before
  }

  actStored(act, answer) {
    this.key("receipt").textContent = answer.receipt.text;
    const beside = this.compared?.find((item) => item.id === act.body.item);
    if (beside && act.body.act === "rate") {
      beside.rating = act.body.rating;
      this.#drawCards();
    }
    this.#takeDeck(answer);
  }

  async actRefused(act, refused) {
    const { item: id, comment, flag, reasons } = act.body;
    if (refused.code === "gone") {
      this.say(refused.message);
      this.#wants.deck = true;
      if (!this.item) this.showNext();
      return;
    }
    const fresh = () => line.send("item", { item: id }).then((found) => found.item, () => act.item);
    const item = refused.item ?? (await fresh());
    if (!item) return this.say(refused.message);
    item.draft = { comment, flag, reasons };
    this.done.delete(id);
    this.returned.push({ item, note: refused.message });
    if (this.item) this.say(`${refused.message} ${COMES_BACK}`);
    else this.showNext();
  }

  // --- steps: what needs the server before anything is shown --------------------------------------------------------

  #take(carryOut) {
    if (this.#step || line.stopped) return;
    this.#keepDraft(true);
    const step = { carryOut, isSent: false };
    this.#step = step;
    setTimeout(() => {
      if (this.#step !== step) return;
      if (step.isSent) return this.say(UNDO_WAITS); // given up, it could take back a later act
      this.#step = null;
      this.say(NOT_NOW);
    }, STEP_PATIENCE);
    this.run();
  }

  async #runStep() {
    const step = this.#step;
    const show = await step.carryOut(step);
    if (this.#step !== step) return; // given up meanwhile
    this.#step = null;
    show?.();
  }

  undo() {
    const request = `${freshRequest()}:undo`; // the same until its answer is heard: one press takes back one act
    this.#take(async (step) => {
      step.isSent = true;
      let undone;
      try {
        undone = await line.send("undo", { request });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (line.ends(error)) return null;
        undone = { notice: error.message, item: error.item };
      }
      return () => {
        this.progress = undone.progress ?? this.progress;
        this.#drawProgress();
        if (undone.item) {
          this.show(undone.item);
          this.key("receipt").textContent = ""; // it was for what is taken back
        }
        this.say(undone.notice);
      };
    });
  }

  move(way) {
    this.#take(async () => {
      const found = await this.#ask(way, { at: this.item?.id ?? null, retracing: this.retracing });
      if (!found) return null;
      return () => {
        this.say(found.notice);
        if (found.item) this.show(this.#known(found.item), { retracing: found.retracing });
        else if (way === "forward" && !found.notice) this.showNext();
      };
    });
  }

  /** The answer as this browser has it already, with what was typed. */
  #known(item) {
    const known = this.deck.find((one) => one.id === item.id);
    return known && sameTexts(known, item) ? known : item;
  }

  compare() {
    if (!this.item) return;
    if (this.compared) {
      this.compared = null;
      this.#drawPlace();
      this.#drawTexts();
      this.#restartDwell();
      return;
    }
    const at = this.item;
    this.#take(async () => {
      const found = await this.#ask("compare", { item: at.id });
      if (!found) return null;
      return () => {
        if (this.item !== at) return;
        const items = found.items.map((item) => (item.id === at.id ? Object.assign(at, this.#asSeen(at, item)) : item));
        if (items.length < 2) {
          this.say("There is only one answer to this question.");
          return;
        }
        this.done.clear();
        this.compared = items;
        this.show(items.includes(at) ? at : items[0]);
        if (found.in_all > items.length)
          this.say(`${items.length} of ${found.in_all.toLocaleString("en")} answers to this question are shown.`);
      };
    });
  }

  /** What a fresh reading says of an answer that stays on the screen with its draft. */
  #asSeen(old, fresh) {
    if (!sameTexts(old, fresh)) {
      this.#drawn.delete(old);
      this.cards = null;
    }
    const now = this.#typedNow();
    return { ...fresh, draft: sameInput(now, savedOf(old)) ? fresh.draft : now };
  }

  focus(id) {
    const item = this.compared?.find((one) => one.id === id);
    if (!item || item === this.item) return;
    this.#keepDraft(true);
    this.show(item);
  }

  reveal() {
    const at = this.item;
    if (!at) return;
    this.#take(async () => {
      const found = await this.#ask("reveal", { item: at.id, showing: at.showing });
      return found && (() => this.item === at && this.#replaceHere(found.item));
    });
  }

  /** The answer on the screen is drawn as it is now; what was typed stays. */
  #replaceHere(fresh, note = "") {
    const at = this.item;
    Object.assign(at, this.#asSeen(at, fresh));
    this.show(at, { retracing: this.retracing, note });
  }

  async #renew() {
    this.#wants.renewal = false;
    const items = [...new Set([this.item, ...this.deck, ...(this.compared ?? [])].filter(Boolean).map((one) => one.id))];
    if (!items.length) return;
    const found = await this.#ask("renew", { items });
    if (!found) return;
    this.progress = found.progress ?? this.progress;
    this.#drawProgress();
    const before = this.deck.length;
    this.deck = this.deck.filter((item) => !found.lost.includes(item.id));
    if (this.deck.length < before) this.#wants.deck = true;
    for (const item of this.compared ?? []) item.kept &&= !found.lost.includes(item.id);
    if (this.item && (this.item.revealed || found.lost.includes(this.item.id))) await this.#refresh();
  }

  /** Look at the answer on the screen again: it may have been rated in another tab, changed, or deleted. */
  async #refresh() {
    const at = this.item;
    let fresh;
    try {
      fresh = (await line.send("item", { item: at.id })).item;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (line.ends(error) || this.item !== at) return;
      if (error.code !== "gone") return;
      this.say(DELETED);
      this.deck = this.deck.filter((item) => item !== at);
      this.showNext();
      return;
    }
    if (this.item !== at || line.waits(at.id)) return;
    if (!sameTexts(at, fresh)) this.#replaceHere(fresh, at.revealed && !fresh.revealed ? "" : CHANGED);
    else if (at.rating !== fresh.rating || !sameInput(savedOf(at), savedOf(fresh))) this.#replaceHere(fresh);
  }

  #tick() {
    this.#ticks += 1;
    if (!this.item) this.#wants.deck = true;
    // what was revealed is hidden again after a while
    if (this.#ticks % RENEW_TICKS === 0 || this.item?.revealed) this.#wants.renewal = true;
    this.run();
  }

  // --- a better answer ----------------------------------------------------------------------------------------------

  /** Open the text of the answer on the screen to be edited, or what was already written in its place. */
  #openBetter() {
    const item = this.item;
    if (!item || this.#step) return;
    this.#edited = { item, showing: item.showing, isGone: false };
    const text = this.key("better_text");
    text.value = line.written.get(item.id)?.text ?? "";
    this.part("better-notice").textContent = "";
    this.part("better-title").textContent = `A better answer than answer ${item.id}`;
    this.part("better-prompt").replaceChildren(this.#drawText(item.prompt));
    this.part("better-dialog").showModal();
    this.#drawEdited();
    text.setSelectionRange(0, 0);
    text.scrollTop = 0;
    const isRevealed = item.source !== null, mayReveal = item.hidden?.may_reveal;
    (isRevealed ? text : mayReveal ? this.key("better_reveal") : this.part("better-title")).focus();
  }

  /** The dialog as its answer is now: to be edited, on its way to the server, or closed while something is hidden. */
  #drawEdited() {
    const { item, isGone } = this.#edited;
    if (isGone) return;
    const written = line.written.get(item.id);
    const text = this.key("better_text");
    if (!written) {
      this.#edited.showing = item.showing;
      text.value = item.source ?? "";
    }
    const canEdit = item.source !== null;
    const wasClosed = this.part("better-edit").hidden;
    this.part("better-edit").hidden = this.key("better_save").hidden = !canEdit;
    this.part("better-closed").hidden = canEdit;
    this.key("better_reveal").hidden = !item.hidden?.may_reveal;
    this.part("better-why").textContent = canEdit ? "" : this.#whyClosed(item, Boolean(written));
    text.readOnly = Boolean(written?.request);
    this.key("better_save").disabled = text.readOnly;
    if (canEdit && wasClosed) text.focus(); // the button that revealed it is gone, and the focus with it
  }

  #whyClosed({ hidden }, isBegun) {
    const kept = isBegun ? " What you wrote is kept." : "";
    if (!hidden) return `This answer is too long to be edited here.${kept}`;
    const how = hidden.may_reveal
      ? "Reveal them first, then write. The audit log keeps that you looked."
      : "Your role does not reveal them, so somebody who may has to write it.";
    return `Personal identifiers are hidden in this answer (${hidden.words}), and saving would put gaps in their place. ${how}${kept}`;
  }

  #noteWriting() {
    const { item, showing, isGone } = this.#edited;
    const text = this.key("better_text").value;
    if (isGone) return;
    line.write(item.id, text === asTyped(item.source) ? null : { text, showing, request: null });
    this.part("better-notice").textContent = "";
    this.#drawWriting();
  }

  #saveWriting() {
    const { item, showing, isGone } = this.#edited;
    const written = line.written.get(item.id);
    if (isGone || item.source === null || written?.request) return;
    if (line.stopped) {
      this.part("better-notice").textContent = `${line.stopped} ${WRITING_KEPT_HERE}`;
      return;
    }
    if (!written) return this.say(UNCHANGED);
    line.write(item.id, { text: written.text, showing, request: `${freshRequest()}:better` });
    this.#typing = null;
    this.part("better-notice").textContent = SAVING;
    this.#drawEdited();
    this.run();
  }

  async #sendWritten(id, written) {
    let saved, refused;
    try {
      saved = await line.send("better", { item: id, ...written });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (line.ends(error)) return;
      refused = error;
    }
    if (line.written.get(id) !== written) return; // cleared meanwhile
    const isGone = refused?.code === "gone";
    line.write(id, refused && !isGone ? { ...written, request: null } : null);
    const isOpen = this.part("better-dialog").open && this.#edited.item.id === id;
    if (refused) return this.#writingRefused(id, refused, isOpen);
    if (isOpen) this.#close(this.part("better-dialog"));
    this.#drawWriting();
    this.say(saved.notice);
    this.#restartDwell(); // the dialog goes when the server answers, so a key may come that was meant for it
  }

  async #writingRefused(id, { code, message }, isOpen) {
    const isGone = code === "gone";
    if (isOpen) {
      this.#edited.isGone = isGone;
      if (isGone) this.key("better_save").disabled = true;
      else this.#drawEdited();
    }
    const words = {
      text_changed: WRITING_CHANGED,
      gone: isOpen ? `${message} ${WRITING_DELETED}` : message,
    };
    const told = words[code] ?? `${message} ${WRITING_KEPT}`;
    this.say(told);
    if (this.item?.id !== id) return;
    await this.#refresh();
    this.say(told);
  }

  #drawWriting() {
    this.part("better").textContent = line.written.has(this.item?.id) ? "Go on writing" : "Better answer";
  }

  // --- the queue ----------------------------------------------------------------------------------------------------

  async #fetchChoice() {
    this.choice = await this.#ask("queue", {});
    this.#wants.choice = false;
    this.#drawChoice();
  }

  #drawChoice() {
    if (!this.choice) return;
    const { order, filters } = this.choice;
    const narrowed = Object.values(filters).some(Boolean);
    this.key("queue").textContent = (this.data.orders[order] ?? "Order") + (narrowed ? " · filtered" : "");
    const only = [filters.second && ONLY_SECOND, filters.pair && ONLY_PAIR].filter(Boolean);
    this.key("only").hidden = !only.length;
    this.part("only").textContent = only.join(" ");
  }

  #openQueue() {
    if (!this.choice) return this.say(NOT_NOW);
    const { order, filters } = this.choice;
    this.key("order").value = order;
    this.key("session").value = filters.session_label;
    this.key("source").value = filters.source;
    this.key("length").value = Math.max(
      0,
      this.data.lengths.findIndex(([, least, most]) => least === filters.least_words && most === filters.most_words),
    );
    for (const name of CHECKED) this.key(name).checked = filters[name];
    this.part("queue-notice").textContent = "";
    this.part("queue-dialog").showModal();
  }

  #chosen() {
    const [, least, most] = this.data.lengths[Number(this.key("length").value)];
    return {
      order: this.key("order").value,
      filters: {
        session_label: this.key("session").value.trim(),
        source: this.key("source").value,
        least_words: least,
        most_words: most,
        ...Object.fromEntries(CHECKED.map((name) => [name, this.key(name).checked])),
      },
    };
  }

  /** The same order, and nothing but these filters. */
  #chooseOnly(filters) {
    this.#choose({ order: this.choice?.order ?? "oldest", filters: { ...NO_FILTERS, ...filters } });
  }

  #choose(choice) {
    this.#close(this.part("queue-dialog"));
    this.shadow.activeElement?.blur(); // the browser goes back to the button, where Space would ask again and not scroll
    this.#take(async () => {
      const deck = await this.#ask("choose", choice);
      if (!deck) return null;
      return () => {
        this.choice = choice;
        this.#drawChoice();
        this.deck = [];
        this.#showNothing();
        this.#takeDeck(deck);
        this.say("From now on you get what you chose.");
      };
    });
  }

  // --- drafts -------------------------------------------------------------------------------------------------------

  #typedNow() {
    return { comment: this.key("comment").value, flag: this.flag, reasons: this.reasons };
  }

  /** Note what is typed, in the tab at once and on the server after a pause in typing. */
  #keepDraft(atOnce = false) {
    const item = this.item;
    if (!item) return;
    const now = this.#typedNow();
    if (sameInput(now, item.draft ?? savedOf(item))) {
      if (atOnce) this.#draftDue = 0;
      return;
    }
    item.draft = now;
    line.type({ item: item.id, ...now });
    const moment = performance.now();
    this.#draftSince ||= moment;
    this.#draftDue = atOnce ? 0 : Math.min(moment + DRAFT_PAUSE, this.#draftSince + DRAFT_AT_LATEST);
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.run(), Math.max(0, this.#draftDue - moment));
  }

  async #sendDraft() {
    this.#draftSince = 0;
    try {
      await line.sendDraft(line.unsent()[0]);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (!line.ends(error)) this.say(error.message);
    }
  }

  /** On leaving: what was kept ahead and never shown goes to others, and what was typed is saved. */
  #giveBack() {
    if (line.stopped) return;
    const ahead = this.deck.filter((item) => item !== this.item && !item.shown).map((item) => item.id);
    this.#keepDraft(true);
    const last = ahead.length ? [line.send("release", { items: ahead })] : [];
    for (const typed of line.unsent().reverse()) last.push(line.sendDraft(typed)); // not all may outlive the page
    return Promise.allSettled(last);
  }

  async #leave() {
    try {
      await this.#giveBack();
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
    for (const kind of ["focusin", "input"]) on(window, kind, (event) => this.#nowTyping(event), { capture: true });
    on(window, "pointerdown", () => (this.#typing = null), { capture: true });
    // Streamlit sees the desk as one element, so it would take letters typed in here for its own shortcuts
    for (const kind of ["keydown", "keypress", "keyup"]) on(this.root, kind, (event) => event.stopPropagation());
    on(window, "pagehide", () => {
      this.#giveBack();
      line.leave(this.#typing);
    });
    on(window, "pageshow", (event) => event.persisted && this.#comeBack());
    on(document, "visibilitychange", () => (document.hidden ? this.#goAway() : this.#lookAgain()));
    this.timer = setInterval(() => this.#tick(), TICK);
    this.dialogs = new MutationObserver(dismissConnectionError);
    this.dialogs.observe(document.body, { childList: true });

    const comment = this.key("comment");
    on(comment, "input", () => {
      this.#fitComment();
      this.#keepDraft();
    });
    on(comment, "blur", () => {
      this.#keepDraft(true);
      this.run();
    });
    on(this.key("keys"), "focusin", (event) => {
      if (event.relatedTarget) this.#parked = event.relatedTarget === comment ? event.target : null;
    });
    const keepsFromPressing = (event) => event.key === " " && this.#isParked(event.target) && event.preventDefault();
    on(this.key("keys"), "keyup", keepsFromPressing); // where Firefox presses
    on(this.root, "click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (event.detail) button.blur(); // pressed by hand: Space scrolls on, and does not press it again
      this.#clicks[button.dataset.key ?? `part.${button.dataset.part}`]?.(button);
    });
    on(this.part("why-form"), "submit", (event) => {
      event.preventDefault();
      if (this.#isSkipReason()) this.#skipNow();
      else this.#discardNow();
    });
    on(this.key("reason"), "input", () => this.#weighReasons());
    const text = this.key("better_text");
    on(text, "input", () => this.#noteWriting());
    on(text, "keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      if (!event.repeat) this.#saveWriting();
    });
    on(this.part("better-form"), "submit", (event) => {
      event.preventDefault();
      this.#saveWriting();
    });
    on(this.part("queue-form"), "submit", (event) => {
      event.preventDefault();
      this.#choose(this.#chosen());
    });
  }

  #clicks = {
    "rate.skip": () => this.skip(),
    "rate.discard": () => this.#askWhy(),
    "rate.skip_why": () => this.#skipNow(),
    "rate.why_not": (button) => this.#close(button.closest("dialog")),
    "rate.bias": () => this.#toggleFlag(),
    "rate.reason_chip": (button) => this.#toggleReason(button.value),
    "rate.undo": () => this.undo(),
    "rate.back": () => this.move("back"),
    "rate.forward": () => this.move("forward"),
    "rate.compare": () => this.compare(),
    "rate.focus": (button) => this.focus(Number(button.dataset.item)),
    "rate.reveal": () => this.reveal(),
    "rate.better": () => this.#openBetter(),
    "rate.better_reveal": () => this.reveal(),
    "rate.help": () => this.key("keys_help").showModal(),
    "rate.queue": () => this.#openQueue(),
    "rate.queue_reset": () => this.#chooseOnly({}),
    "rate.show_all": () => this.#chooseOnly({}),
    "rate.second_opinions": () => this.#chooseOnly({ second: true }),
    "rate.change": () => this.#change(),
    "part.close": (button) => this.#close(button.closest("dialog")),
    "part.leave": (button) => {
      this.#close(button.closest("dialog"));
      this.#leave();
    },
    "part.earlier": () => (this.part("reader").scrollTop = 0),
    "part.reason": (button) => {
      this.key("reason").value = button.textContent;
      this.#weighReasons();
      this.key("reason").focus();
    },
    ...Object.fromEntries([1, 2, 3, 4, 5].map((value) => [`rate.key${value}`, () => this.rate(value)])),
  };

  #acts = {
    ...Object.fromEntries([1, 2, 3, 4, 5].map((value) => [value, () => this.rate(value)])),
    s: () => this.skip(),
    d: () => this.#askWhy(),
    b: () => this.#toggleFlag(),
    u: () => this.undo(),
    v: () => this.compare(),
    e: () => this.#openBetter(),
    c: () => this.item && this.key("comment").focus(),
    r: () => {}, // Streamlit's: it would run the page again
    "?": () => this.key("keys_help").showModal(),
    arrowleft: () => this.move("back"),
    arrowright: () => this.move("forward"),
  };

  #pressed(event) {
    const target = event.composedPath()[0];
    const inField = isField(target);
    const dialog = this.root.querySelector("dialog[open]");
    if (event.repeat && event.code === this.#held) return refuse(event); // held on from the key that led here
    if (event.key === "Escape" || event.key === "Tab" || (event.key === "Enter" && target.tagName === "INPUT")) {
      this.#typing = null;
      if (event.key === "Escape" && target === this.key("comment")) target.blur();
      if (this.key("notice").textContent === INTERRUPTED) this.say("");
      if (event.key === "Escape") this.key("guidelines").open = false;
      if (event.key === "Escape" && dialog) {
        this.#close(dialog); // the browser would do it a moment later, and take the next key for the dialog
        return refuse(event);
      }
    }
    if (event.key === "Enter" && event.ctrlKey && target === this.key("comment")) return refuse(event);
    if (event.ctrlKey || event.altKey || event.metaKey || inField || event.isComposing) return;
    if (dialog) return;
    if (this.#typing !== null && (event.key.length === 1 || event.key === "Backspace")) return this.#goOnTyping(event);
    if (target.closest?.("[role=dialog], [role=menu], [role=listbox]")) return;
    const act = this.#acts[event.key.toLowerCase()];
    if (act) {
      refuse(event);
      if (event.repeat) return;
      this.#held = event.code;
      act();
    } else if (this.#scrolls(event, target)) refuse(event);
  }

  /** Whether Tab out of the comment led to this key, which nobody chose: Space scrolls there too, and Enter presses. */
  #isParked(target) {
    return target === this.#parked;
  }

  #scrolls(event, target) {
    const here = target === document.body || target === document.documentElement || this.shadow.contains(target);
    if (!here || target.closest(".prompt-text, .panel")) return false;
    if (event.key === " " && target.closest("button, a, summary") && !this.#isParked(target)) return false;
    const reader = this.part("reader");
    const page = Math.max(60, reader.clientHeight - this.#pinned() - 40);
    const by = { " ": event.shiftKey ? -page : page, PageDown: page, PageUp: -page, ArrowDown: 60, ArrowUp: -60 };
    if (event.key in by) reader.scrollTop += by[event.key];
    else if (event.key === "Home") reader.scrollTop = 0;
    else if (event.key === "End") reader.scrollTop = reader.scrollHeight;
    else return false;
    return true;
  }

  #nowTyping(event) {
    const target = event.composedPath()[0];
    if (!isField(target)) return;
    if (target === this.key("comment")) this.#typing = this.item?.id ?? "";
    else if (target !== this.key("better_text")) this.#typing = "";
    else if (!target.readOnly) this.#typing = `better ${this.#edited.item.id}`;
  }

  /** Whoever types and loses the field goes on typing: no letter of that may rate. */
  #goOnTyping(event) {
    const comment = this.key("comment");
    if (this.item && this.#typing === this.item.id && !comment.disabled) {
      comment.focus(); // in time for this very key
      comment.setSelectionRange(comment.value.length, comment.value.length);
      if (this.shadow.activeElement === comment) return event.stopImmediatePropagation();
    }
    refuse(event);
    this.say(INTERRUPTED);
  }

  #close(dialog) {
    dialog.close();
    const focused = this.shadow.activeElement;
    if (dialog.contains(focused)) focused.blur(); // else the field would take the next key, although it is not seen
  }

  #toggleFlag() {
    if (!this.item || this.#step) return;
    this.flag = !this.flag;
    this.#drawFlag();
    this.#keepDraft(true);
    this.run();
  }

  #toggleReason(reason) {
    if (!this.item || this.#step || reason === undefined) return;
    const chosen = new Set(this.reasons);
    if (!chosen.delete(reason)) chosen.add(reason);
    const most = this.data.reason_keys.length;
    if (chosen.size > most) return this.say(`At most ${most} reasons go with a rating.`);
    this.reasons = this.offered.filter((one) => chosen.has(one));
    this.#drawReasons();
    this.#keepDraft(true);
    this.run();
  }

  #askWhy() {
    if (!this.item || this.#step) return;
    this.key("reason").value = line.reasons.get(this.item.id) ?? "";
    this.part("why-notice").textContent = "";
    this.key("skip_why").hidden = this.part("skip-reasons").hidden = this.item.rating !== null;
    this.#weighReasons();
    this.part("why-dialog").showModal();
    this.key("reason").focus();
  }

  #isSkipReason() {
    return this.item?.rating === null && this.data.reasons.skip.includes(this.key("reason").value.trim());
  }

  /** The prominent button is the one that Enter presses. */
  #weighReasons() {
    const skips = this.#isSkipReason();
    this.key("discard_now").className = skips ? "" : "strong";
    this.key("skip_why").className = skips ? "strong" : "";
  }

  #discardNow() {
    const told = this.part("why-notice");
    const reason = this.key("reason").value.trim();
    if (!reason) {
      told.textContent = "Please say why this answer is to be discarded: it will be offered to nobody any more.";
      return;
    }
    if (!this.#accepts((text) => (told.textContent = text))) return;
    this.#close(this.part("why-dialog"));
    this.#act("discard", "discard", { reason });
  }

  #skipNow() {
    this.#close(this.part("why-dialog"));
    this.skip(this.key("reason").value.trim());
  }

  #change() {
    const { acts, written } = line;
    if (!acts.length && !written.size) return this.#leave();
    const words = [];
    if (acts.length)
      words.push(`${plural(acts.length, "rating was", "ratings were")} not sent yet, because the server did not answer.`);
    if (written.size)
      words.push(`${plural(written.size, "better answer", "better answers")} that you began to write ${written.size === 1 ? "is" : "are"} not saved.`);
    this.part("leave-words").textContent = `${words.join(" ")} If you change the name now, they are lost.`;
    this.part("leave-dialog").showModal();
  }

  #goAway() {
    this.#keepDraft(true);
    this.run();
  }

  #lookAgain() {
    this.#wants.renewal = true;
    this.run();
  }

  /** The page comes out of the browser's memory: what was ahead was given back. */
  #comeBack() {
    this.deck = this.deck.filter((item) => item === this.item);
    this.#wants.deck = true;
    this.#lookAgain();
  }

  // --- drawing ------------------------------------------------------------------------------------------------------

  #fill() {
    this.key("keys").replaceChildren(
      ...Object.entries(this.data.ratings).map(([value, words]) => {
        const button = element("button", { type: "button" }, element("kbd", { textContent: value }), element("span", { textContent: words }));
        button.dataset.key = `rate.key${value}`;
        button.setAttribute("aria-keyshortcuts", value);
        button.setAttribute("aria-pressed", "false");
        return button;
      }),
    );
    for (const kind of ["discard", "skip"])
      this.part(`${kind}-reasons`).replaceChildren(
        ...this.data.reasons[kind].map((reason) => {
          const button = element("button", { type: "button", textContent: reason });
          button.dataset.part = "reason";
          return button;
        }),
      );
    const options = (name, pairs) =>
      this.key(name).replaceChildren(...pairs.map(([value, words]) => element("option", { value, textContent: words })));
    options("order", Object.entries(this.data.orders));
    options("source", Object.entries(this.data.sources));
    options("length", this.data.lengths.map(([words], number) => [number, words]));
  }

  say(text) {
    this.key("notice").textContent = text;
    if (this.part("better-dialog").open) this.part("better-notice").textContent = text;
  }

  drawLine(now = false) {
    const { acts } = line;
    if (line.stopped && this.root.dataset.state !== "stopped") {
      this.root.dataset.state = "stopped";
      this.key("notice").replaceChildren(`${line.stopped} `, element("a", { href: "/rate", textContent: "Load the page again" }));
    }
    const late = now || line.trouble || line.stopped || acts.some((act) => performance.now() - act.at >= 450);
    const words = [];
    if (line.toSave() && late) words.push("A better answer of yours waits to be sent.");
    else if (line.written.size && now) words.push("A better answer that you began to write is not saved yet.");
    if (acts.length && late) words.push(`${plural(acts.length, "rating waits", "ratings wait")} to be sent.`);
    if (line.trouble) words.push(line.trouble, acts.length ? "Keep this page open." : "", NOTHING_LOST);
    else if (line.isSlow()) words.push(SLOW_ANSWER);
    const said = words.filter(Boolean).join(" ");
    if (this.key("waiting").textContent !== said) this.key("waiting").textContent = said;
    if (this.part("better-dialog").open && line.written.get(this.#edited.item.id)?.request)
      this.part("better-notice").textContent = line.stopped || said || SAVING;
    if (!this.item) this.#drawEmpty();
  }

  #drawProgress() {
    if (!this.progress) return;
    const { own, by_all: all, left, more_left: more } = this.progress;
    const team = all > own ? `, ${all.toLocaleString("en")} by all` : "";
    const remain = `${more ? "more than " : ""}${left.toLocaleString("en")} left`;
    const words = `${own.toLocaleString("en")} rated today${team} · ${remain}`;
    this.key("progress").textContent = words;
    const bar = this.part("bar");
    const share = own + left ? own / (own + left) : 0;
    bar.firstElementChild.style.inlineSize = `${100 * share}%`;
    bar.setAttribute("aria-valuemax", own + left);
    bar.setAttribute("aria-valuenow", own);
    bar.setAttribute("aria-valuetext", words);
  }

  #drawGuidelines() {
    const shown = this.shownGuidelines;
    if (!shown || this.drawnGuidelines === shown.number) return;
    this.drawnGuidelines = shown.number;
    this.part("guidelines").replaceChildren(this.#drawText(shown.text));
    this.part("guidelines-by").textContent = shown.by;
  }

  /** Header, keys and what depends on the answer, but for its texts. */
  #drawPlace() {
    const item = this.item;
    this.root.dataset.state = item ? "rating" : "waiting";
    this.part("about").textContent = this.part("about").title = item?.about ?? "";
    this.part("sample").hidden = !item?.sample;
    this.part("acts").hidden = !item;
    for (const name of ["bias", "skip", "discard", "better", "compare"]) this.key(name).hidden = !item;
    this.#drawWriting();
    this.part("compare").textContent = this.compared ? "One answer" : "All answers";
    this.key("compare").setAttribute("aria-pressed", String(Boolean(this.compared)));
    if (!item) return;
    for (const value of [1, 2, 3, 4, 5])
      this.key(`key${value}`).setAttribute("aria-pressed", String(item.rating === value));
    this.part("skip").textContent = item.rating === null ? "Skip" : "Keep";
    this.key("skip").title =
      item.rating === null
        ? "Go on without a rating; the answer comes back when nothing else is left"
        : "Go on and keep your earlier rating";
    this.#drawFlag();
    this.#drawReasons();
  }

  /** Buttons stay while the reasons do: a press must not take the focus away. */
  #drawReasons() {
    const box = this.key("reasons");
    if ([...box.children].map((button) => button.value).join("\n") !== this.offered.join("\n"))
      box.replaceChildren(...this.offered.map((reason, place) => this.#reasonChip(reason, place)));
    for (const button of box.children) button.setAttribute("aria-pressed", String(this.reasons.includes(button.value)));
    box.hidden = !this.offered.length;
  }

  #reasonChip(reason, place) {
    const words = element("span", { textContent: reason, dir: "auto" });
    const button = element("button", { type: "button", value: reason }, words);
    const key = place < (this.shownGuidelines?.reasons ?? []).length ? this.data.reason_keys[place] : null;
    if (key) {
      button.prepend(element("kbd", { textContent: key.toUpperCase(), ariaHidden: "true" }), " ");
      button.setAttribute("aria-keyshortcuts", key.toUpperCase());
    }
    button.dataset.key = "rate.reason_chip";
    return button;
  }

  #drawFlag() {
    this.key("bias").setAttribute("aria-pressed", String(this.flag));
    this.part("bias").textContent = this.flag ? "Bias flagged" : "Flag bias";
  }

  #drawTexts() {
    const item = this.item;
    const prompt = this.key("prompt"), turns = this.key("turns"), answers = this.part("answers");
    this.part("empty").hidden = Boolean(item);
    prompt.hidden = answers.hidden = !item;
    if (!item) {
      turns.hidden = true;
      answers.replaceChildren();
      this.cards = null;
      return;
    }
    const texts = this.#texts(item);
    if (this.compared && this.cards?.of === this.compared) {
      this.#drawCards(); // another of the answers that are on the screen: nothing moves but the mark
      this.#bringIntoView();
      return;
    }
    const earlier = item.turns.length;
    turns.hidden = !earlier;
    turns.replaceChildren(...texts.turns);
    this.part("prompt-title").textContent = earlier ? "The question that is answered" : "Question";
    this.part("earlier").hidden = !earlier;
    this.part("earlier").textContent = `↑ ${plural(earlier, "earlier turn", "earlier turns")}`;
    this.part("prompt").replaceChildren(texts.prompt);
    this.part("prompt").scrollTop = 0;
    const shown = this.compared ?? [item];
    this.cards = { of: shown, each: shown.map((one) => this.#card(one)) };
    answers.replaceChildren(...this.cards.each.map((card) => card.box));
    this.#drawCards();
    this.part("reader").scrollTop = 0;
    if (this.compared) this.#bringIntoView();
    else if (earlier) this.part("reader").scrollTop = prompt.offsetTop - this.part("reader").offsetTop - 90;
  }

  #card(item) {
    const title = element("h2"), rated = element("p", { className: "told" }), hidden = element("p", { className: "told" });
    const about = element("span", { className: "about", textContent: item.about, title: item.about });
    const badge = element("span", { className: "badge" }), focus = element("button", { type: "button", className: "quiet", textContent: "Rate this one" });
    focus.dataset.key = "rate.focus";
    focus.dataset.item = item.id;
    const box = element("article", {}, element("div", { className: "card-head" }, title, about, badge, focus), rated, hidden, this.#texts(item).answer);
    box.setAttribute("aria-label", "Answer");
    return { item, box, title, rated, hidden, badge, focus };
  }

  #drawCards() {
    if (!this.cards || !this.item) return;
    const several = Boolean(this.compared);
    for (const { item, box, title, rated, hidden, badge, focus } of this.cards.each) {
      const here = item === this.item;
      box.dataset.key = here ? "rate.answer" : "rate.beside";
      box.classList.toggle("card", several);
      if (here && several) box.setAttribute("aria-current", "true");
      else box.removeAttribute("aria-current");
      title.textContent = several ? `Answer ${this.#place(item)}` : "Answer";
      badge.hidden = !several || !here;
      badge.textContent = "The keys rate this one";
      focus.hidden = !several || here;
      focus.setAttribute("aria-label", `Rate answer ${this.#place(item)}`);
      const said = item.rating === null ? "" : `${item.rating} (${this.data.ratings[item.rating]})`;
      rated.hidden = !said;
      rated.replaceChildren("You rated this answer ", element("strong", { textContent: said }), here ? ". Another key changes it." : ".");
      this.#drawHidden(hidden, item, here);
    }
  }

  #drawHidden(line, item, here) {
    line.hidden = !item.hidden && !item.revealed;
    if (item.revealed)
      line.textContent = `Personal identifiers are shown to you for ${this.data.revealed_for}; the audit log keeps that.`;
    else if (item.hidden) {
      line.replaceChildren(`Hidden here: ${item.hidden.words}. `);
      if (item.hidden.may_reveal && here) {
        const button = element("button", { type: "button", className: "quiet", textContent: "Reveal" });
        button.dataset.key = "rate.reveal";
        button.title = `Shows them to you for ${this.data.revealed_for}. The audit log keeps that you looked.`;
        line.append(button);
      }
    }
  }

  /** "3 of 7". */
  #place(item = this.item) {
    const all = this.compared ?? [item];
    return `${all.indexOf(item) + 1} of ${all.length}`;
  }

  #drawEmpty() {
    const why = line.acts.length || line.trouble || this.#wants.deck ? null : this.why;
    if (!line.stopped) this.root.dataset.state = why ? "empty" : "waiting";
    this.part("why").textContent = why
      ? why.sentence
      : line.trouble
        ? "The next answer is shown as soon as the server answers."
        : "Fetching the next answer …";
    for (const link of this.part("empty").querySelectorAll("[data-for]"))
      link.hidden = !why || !link.dataset.for.split(" ").includes(why.kind);
    if (!why?.second) this.key("second_opinions").hidden = true;
    if (!this.data.lists_readiness) this.key("to_readiness").hidden = true;
  }

  /** The elements of an answer's texts, made once: those of the answer ahead before it is needed. */
  #texts(item) {
    let texts = this.#drawn.get(item);
    if (!texts) {
      texts = {
        prompt: this.#drawText(item.prompt),
        answer: this.#drawText(item.answer),
        turns: item.turns.map(({ role, text }) => {
          const who = element("h3", { textContent: this.data.speakers[role] });
          return element("div", { className: `turn turn-${role}` }, who, this.#drawText(text));
        }),
      };
      this.#drawn.set(item, texts);
    }
    return texts;
  }

  #drawText(text) {
    return drawText(text, this.more);
  }

  #fitComment() {
    const comment = this.key("comment");
    comment.style.blockSize = "auto";
    if (comment.value) comment.style.blockSize = `${comment.scrollHeight + 2}px`;
  }

  #pinned() {
    const prompt = this.key("prompt");
    return prompt.hidden ? 0 : prompt.offsetHeight;
  }

  #cardHere() {
    return this.cards.each.find((card) => card.item === this.item).box;
  }

  #isInView() {
    const answer = this.#cardHere().getBoundingClientRect();
    const reader = this.part("reader").getBoundingClientRect();
    const visible = Math.min(answer.bottom, reader.bottom) - Math.max(answer.top, this.key("prompt").getBoundingClientRect().bottom, reader.top);
    return visible >= Math.min(LEAST_IN_VIEW, answer.height);
  }

  #bringIntoView() {
    const reader = this.part("reader"); // nothing else moves, as it would with scrollIntoView
    const above = this.#cardHere().getBoundingClientRect().top - reader.getBoundingClientRect().top;
    reader.scrollTop += above - this.#pinned() - 8;
  }
}

/** What is stored beside a rating: comment, flag, reasons. */
function savedOf({ comment, flag, reasons }) {
  return { comment, flag, reasons };
}

function sameInput(one, other) {
  const reasons = [one, other].map((said) => [...(said.reasons ?? [])].sort().join("\n"));
  return one.comment === other.comment && one.flag === other.flag && reasons[0] === reasons[1];
}

/** A text as a field gives it back. */
function asTyped(text) {
  return text?.replace(/\r\n?/g, "\n");
}

function sameTexts(one, other) {
  const texts = ({ turns, prompt, answer }) => [prompt, answer, ...turns.map((turn) => turn.text)];
  const [these, those] = [texts(one), texts(other)];
  return these.length === those.length && these.every((text, n) => text.html === those[n].html && text.plain === those[n].plain);
}
