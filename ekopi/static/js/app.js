// app: what every page may need; larger modules are fetched only where the page asks for them.
// Words come from data- attributes, so the server translates them.
const all = (what, from = document) => from.querySelectorAll(what);
const one = (what, from = document) => from.querySelector(what);

if (one("form[data-autosave]")) import("./autosave.js");
if (one("[data-editor]")) import("./editor.js");
if (one("[data-due]")) import("./countdown.js");

// A refused form: its summary takes the focus, so it is read first.
one("[data-focus]")?.focus();

// Menus close with Esc, with a press elsewhere and when the focus leaves.
for (const menu of all("[data-menu]")) {
  const close = (event) => { if (!menu.contains(event.target)) menu.open = false; };
  document.addEventListener("pointerdown", close);
  document.addEventListener("focusin", close);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    one("summary", menu).focus();
  });
}

// Toasts can be closed; one without an undo goes by itself, but not while somebody is at it.
for (const toast of all("[data-toast]")) {
  const button = one("[data-close]", toast);
  button.hidden = false;
  button.addEventListener("click", () => toast.remove());
  if (one("form, a", toast)) continue;
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
  setTimeout(leave, 10000);
}

// Ctrl+K goes to the search box of the bar, where it is seen.
const search = one("[data-search]");
if (search) {
  one("kbd", search.form).hidden = false;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || !search.offsetParent) return;
    event.preventDefault();
    search.select();
  });
}

// A form is sent once: a second press within three seconds does nothing.
const sent = new WeakMap();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (Date.now() - (sent.get(form) ?? 0) < 3000) return event.preventDefault();
  sent.set(form, Date.now());
  delete form.dataset.dirty;
});

// form[data-guard]: the browser asks before unsaved words are left behind.
for (const form of all("form[data-guard]")) form.addEventListener("input", () => { form.dataset.dirty = ""; });
addEventListener("beforeunload", (event) => { if (one("form[data-dirty]")) event.preventDefault(); });

// Words are counted while one writes: what holds a letter or a figure, as the server counts.
for (const line of all("[data-count]")) {
  const field = document.getElementById(line.dataset.count);
  const count = () => { line.textContent = line.dataset.words.replace("{n}", field.value.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length); };
  field.addEventListener("input", count);
  count();
}

// A button that prints shows itself only with script.
for (const button of all("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// [data-refresh]: the page is read anew while something is under way, unless nobody sees it or somebody is at its link.
const underWay = one("[data-refresh]");
if (underWay) setInterval(() => { if (!document.hidden && !underWay.matches(":focus-within, :hover")) location.reload(); }, 3000);
