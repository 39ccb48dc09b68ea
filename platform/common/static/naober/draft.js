// What somebody types in a form with `data-draft` is kept on this device, encrypted, until the server has it.
// It survives a lost connection and a lost session; it is gone after saving and after signing out.
// Without this script everything still works: then only what was saved is kept.

const PREFIX = "naober-concept:";
const SAVED = "naober-bewaard";
const DAYS = 14;
const WAIT = 250; // milliseconds after the last key
const OWN = new Set(["csrfmiddlewaretoken", "concept", "doen"]);
// By these the server knows that the same form comes twice.
const KEYS = new Set(["form_key", "submission_key"]);
// A field of a block of which there can be more ("children-1-first_name").
const BLOCK = /^(\w+)-\d+-/;

const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

/** What people filled in, without what the page brought along by itself. */
const said = (entries) => JSON.stringify(entries.filter(([name]) => name !== "shown_version" && !KEYS.has(name)));

function stored() {
  return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
}

/** Throw away what the server says it has, and what nobody came back for. */
function tidy() {
  const said = document.cookie.split("; ").find((part) => part.startsWith(`${SAVED}=`));
  const saved = said ? said.slice(SAVED.length + 1) : "";
  const oldest = Date.now() - DAYS * 24 * 3600 * 1000;
  for (const name of stored()) {
    let at = 0;
    try {
      at = JSON.parse(localStorage.getItem(name)).at;
    } catch {
      at = 0;
    }
    if ((saved && name.endsWith(`:${saved}`)) || !(at > oldest)) localStorage.removeItem(name);
  }
  if (saved) document.cookie = `${SAVED}=; Max-Age=0; Path=/; SameSite=Lax`;
}

/** Signing out leaves nothing behind; the server forgets its half of the key too. */
function forgetOnSignOut() {
  for (const form of document.querySelectorAll('form[action$="/uitloggen"]')) {
    form.addEventListener("submit", () => stored().forEach((name) => localStorage.removeItem(name)));
  }
}

class Draft {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.name = form.elements.namedItem(form.dataset.draft).value;
    this.key = null;
    this.account = "";
    this.timer = 0;
    this.checked = false;
    this.box = document.createElement("div");
    this.box.className = "naober-draft";
    this.box.setAttribute("role", "status");
    form.prepend(this.box);
  }

  /** Ask for the key. It says at once whether the server can be reached and still knows us. */
  async ask() {
    let answer;
    try {
      answer = await fetch(this.words.draftKey, { redirect: "manual", cache: "no-store", credentials: "same-origin" });
    } catch {
      return "offline";
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) return "signed-out";
    if (!answer.ok) return answer.status >= 500 ? "offline" : "signed-out";
    const found = await answer.json();
    if (this.account && this.account !== found.account) return "signed-out";
    if (!this.key) {
      this.account = found.account;
      this.key = await crypto.subtle.importKey("raw", bytes(found.key), "AES-GCM", false, ["encrypt", "decrypt"]);
    }
    return "ok";
  }

  get place() {
    return `${PREFIX}${this.account}:${this.name}`;
  }

  /** Return what stands in the form: the value of every field, in order. */
  typed() {
    return [...new FormData(this.form)].filter(([name, value]) => !OWN.has(name) && typeof value === "string");
  }

  async keep() {
    if (!this.key) return;
    const now = JSON.stringify(this.typed());
    if (now === this.last && this.first) return;
    this.last = now;
    if (now === this.first) {
      localStorage.removeItem(this.place);
      return;
    }
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const about = new TextEncoder().encode(this.name);
    const data = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv, additionalData: about },
      this.key,
      new TextEncoder().encode(now),
    );
    if (now !== this.last) return;
    localStorage.setItem(this.place, JSON.stringify({ at: Date.now(), iv: base64(iv), data: base64(data) }));
  }

  async kept() {
    try {
      const found = JSON.parse(localStorage.getItem(this.place));
      const plain = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: bytes(found.iv), additionalData: new TextEncoder().encode(this.name) },
        this.key,
        bytes(found.data),
      );
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      localStorage.removeItem(this.place);
      return null;
    }
  }

  /** Put back what was typed. The version it was typed over goes along, so that the server can merge. */
  fill(entries) {
    const values = new Map();
    for (const [name, value] of entries) values.set(name, [...(values.get(name) ?? []), value]);
    for (const field of this.form.elements) {
      if (!field.name || OWN.has(field.name) || field.type === "file" || field.type === "submit") continue;
      const known = values.get(field.name) ?? [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = known.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = known.includes(option.value);
      else field.value = known.shift() ?? "";
    }
  }

  /** Ask the page again with as many blocks as were filled in, when it shows fewer. */
  moreBlocks(entries) {
    const unknown = entries.filter(([name]) => BLOCK.test(name) && !this.form.elements.namedItem(name));
    if (!unknown.length) return false;
    const add = (name, value) => {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      this.form.append(field);
    };
    for (const [name, value] of unknown) add(name, value);
    // Taking no block away: the server shows what was typed and judges nothing yet.
    add(`${BLOCK.exec(unknown[0][0])[1]}-remove`, "");
    HTMLFormElement.prototype.submit.call(this.form);
    return true;
  }

  /** Sent as it was it counts once, for it may have arrived after all; with other words it is something new. */
  renewKeys(shown) {
    for (const [name, value] of shown) if (KEYS.has(name)) this.form.elements.namedItem(name).value = value;
  }

  say(text, kind, ...extra) {
    this.box.className = `naober-draft naober-draft--${kind}`;
    const line = document.createElement("p");
    line.textContent = text;
    this.box.replaceChildren(line, ...extra);
  }

  quiet() {
    this.box.className = "naober-draft";
    this.box.replaceChildren();
  }

  signedOut() {
    const link = document.createElement("a");
    link.href = `${this.words.draftLogin}?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = this.words.draftSignIn;
    this.say(this.words.draftSignedOut, "attention", link);
  }

  async start() {
    if ((await this.ask()) !== "ok") return;
    const shown = this.typed();
    this.first = JSON.stringify(shown);
    this.last = this.first;
    const entries = localStorage.getItem(this.place) ? await this.kept() : null;
    if ("draftTyped" in this.words) {
      // The page came back with what was typed: that is the newest there is.
      this.first = "";
      await this.keep();
    } else if (entries && said(entries) === said(shown)) localStorage.removeItem(this.place);
    else if (entries) {
      this.fill(entries);
      if (this.moreBlocks(entries)) return;
      for (const kind of ["input", "change"]) {
        this.form.addEventListener(kind, () => this.renewKeys(shown), { once: true });
      }
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "utrecht-button utrecht-button--subtle";
      drop.textContent = this.words.draftDrop;
      drop.addEventListener("click", () => {
        localStorage.removeItem(this.place);
        this.fill(JSON.parse(this.first));
        this.last = this.first;
        this.quiet();
      });
      this.say(this.words.draftRestored, "info", drop);
    }
    const later = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), WAIT);
    };
    this.form.addEventListener("input", later);
    this.form.addEventListener("change", later);
    document.addEventListener("visibilitychange", () => this.keep());
    addEventListener("pagehide", () => this.keep());
    addEventListener("offline", () => this.say(this.words.draftOffline, "attention"));
    addEventListener("online", () => this.say(this.words.draftOnline, "info"));
    this.form.addEventListener("submit", (event) => this.send(event));
    this.form.dataset.draftReady = "yes";
  }

  /** Look before sending: a page that cannot be sent stays where it is. */
  send(event) {
    if (this.checked) return;
    event.preventDefault();
    const button = event.submitter;
    this.keep()
      .then(() => this.ask())
      .then((state) => {
        if (state === "offline") this.say(this.words.draftUnsaved, "attention");
        else if (state === "signed-out") this.signedOut();
        else {
          this.checked = true;
          this.form.requestSubmit(button);
          // Back on this page by the button of the browser, or after a lost answer: look again.
          setTimeout(() => (this.checked = false), 0);
        }
      });
  }
}

if (globalThis.crypto?.subtle && globalThis.localStorage) {
  tidy();
  forgetOnSignOut();
  for (const form of document.querySelectorAll("form[data-draft]")) new Draft(form).start();
}
