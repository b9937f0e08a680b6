// autosave: form[data-autosave] posts itself 2 s after the last key, at once after a choice, and when the page is left.
// One save runs at a time. The answer is JSON: {saved, base} when kept, {conflict_html} when another version was first,
// {error} or a problem's {detail} when refused. {right} names fields whose error is mended. Hidden inputs: base follows the answer, sequence counts up.
const PAUSE = 2000, CHOICE = 150, LONGEST = 60000, PATIENCE = 15000;
const TYPED = "textarea, input:not([type=radio], [type=checkbox], [type=hidden], [type=file])";

for (const form of document.querySelectorAll("form[data-autosave]")) watch(form);

// A token older than the session (signed in again elsewhere) is fetched anew, so that no words are lost.
async function freshToken() {
  const page = await fetch(location.href).then((answer) => answer.text()).catch(() => "");
  const token = new DOMParser().parseFromString(page, "text/html").querySelector("meta[name=csrf-token]")?.content;
  if (token) for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = token;
  return token;
}

function watch(form) {
  const words = form.dataset;
  const near = (name) => document.querySelector(`[data-${name}="${form.id}"]`) ?? form.querySelector(`[data-${name}]`);
  const line = near("saved");
  let changed = 0, kept = 0;       // the count of edits, and how many of them the server has
  let flying = 0;                  // how many a save carries that outlives the page
  let timer = 0, wait = 0;         // the next save; the pause after a failure
  let running = null, failed = false, stopped = false, sending = false;
  let out = false;                 // nobody is signed in, said the last save
  if (line) line.hidden = false;

  function say(text, state) {
    if (!line) return;
    line.dataset.state = state;
    line.querySelector("[data-saved-text]").textContent = text;
    const use = line.querySelector("use");
    const pic = { failed: "alert-circle", saving: "refresh", saved: "circle-check" }[state];
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#" + pic));
  }

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  function post(leaving) {
    const number = form.querySelector("[name=sequence]");
    if (number) number.value = Number(number.value) + 1;
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    const options = { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" };
    if (!leaving) return fetch(words.autosave, { ...options, signal: AbortSignal.timeout?.(PATIENCE) });
    // a page that is left may send 64 kB; what is longer is tried without that promise
    return fetch(words.autosave, { ...options, keepalive: true }).catch(() => fetch(words.autosave, options));
  }

  async function send(leaving, again) {
    const upTo = changed;
    if (leaving) flying = upTo;
    say(words.saving, "saving");
    let answer;
    try {
      answer = await post(leaving);
    } catch {
      return retry(words.unsaved);
    }
    out = answer.type === "opaqueredirect" || answer.status === 401;
    if (out) return retry(words.signedOut);
    if (answer.status === 400 && !again && (await freshToken())) return send(leaving, true);
    const data = await answer.json().catch(() => ({}));
    for (const base of form.querySelectorAll("[name=base]")) base.value = data.base ?? base.value;
    if (data.conflict_html) return conflict(data);
    if (answer.ok && data.saved) {
      kept = Math.max(kept, upTo);
      failed = false;
      wait = 0;
      if (kept === changed) for (const name of data.right ?? []) mended(form.elements[name]);
      return say(data.saved, "saved");
    }
    if (answer.status >= 500 || answer.status === 429) return retry(words.unsaved);
    failed = true;                 // refused: the same again would not help, other words may
    say(data.error ?? data.detail ?? words.refused, "failed");
    if (changed > upTo) later(PAUSE);
  }

  // What the page said of a field when it was sent, and its line in the summary above the form.
  function mended(field) {
    const error = document.getElementById(`${field.id}-e`);
    if (!error) return;
    error.remove();
    field.removeAttribute("aria-invalid");
    field.setAttribute("aria-describedby", (field.getAttribute("aria-describedby") ?? "").replace(error.id, "").trim());
    field.closest(".field").classList.remove("field--bad");
    const summary = document.querySelector(".errors");
    summary?.querySelector(`[href="#${field.id}"]`)?.closest("li").remove();
    if (!summary?.querySelector("li")) summary?.remove();
  }

  function retry(text) {
    failed = true;
    wait = Math.min(wait * 2 || PAUSE, LONGEST);
    say(text, "failed");
    later(wait);
  }

  function conflict(data) {
    stopped = failed = true;
    say(data.error ?? words.refused, "failed");
    const place = near("conflict");
    place.innerHTML = data.conflict_html;      // made by our own server, from escaped text
    place.hidden = false;
    place.focus({ preventScroll: true });
    place.scrollIntoView();                    // to its beginning: it is taller than a phone's screen
    // whoever chooses one of both versions leaves nothing unsaved behind
    place.onclick = (event) => { if (event.target.closest("a, button")) sending = true; };
  }

  function save(leaving = false) {
    if (stopped || sending || changed === kept) return;
    if (running && (!leaving || flying === changed)) return;
    clearTimeout(timer);
    timer = 0;
    const mine = send(leaving).finally(() => {
      if (running === mine) running = null;
      if (!failed && changed !== kept && !timer) later(PAUSE);
    });
    running = mine;
  }

  function edited(pause) {
    changed += 1;
    if (!running && !stopped) later(Math.max(pause, wait));
  }

  form.addEventListener("input", (event) => { if (event.target.matches(TYPED)) edited(PAUSE); });
  form.addEventListener("change", (event) => { if (!event.target.matches(`${TYPED}, [type=file]`)) edited(CHOICE); });

  form.addEventListener("submit", (event) => {
    if (out && !sending) save();   // whoever is out would leave the words behind: first see whether one is in again
    if (running && !sending) {     // let the save end first, else the form would meet its own newer version
      event.preventDefault();
      running.finally(() => {
        if (out) line?.scrollIntoView({ block: "center" });
        else if (!stopped) form.requestSubmit(event.submitter);
      });
      return;
    }
    clearTimeout(timer);
    sending = true;
  });

  addEventListener("online", () => { if (failed) save(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && !failed) save(!running); });
  addEventListener("pagehide", () => save(true));
  addEventListener("pageshow", (event) => { if (event.persisted) sending = false; });
  addEventListener("beforeunload", (event) => { if (!sending && changed !== kept && (failed || running)) event.preventDefault(); });
}
