// editor: the tools and the live preview of a Markdown textarea, which is still a textarea without it.
const PAUSE = 600;

for (const box of document.querySelectorAll("[data-editor]")) {
  const area = box.querySelector("textarea");
  const tools = box.querySelector("[data-tools]");
  const pane = box.querySelector("[data-preview]");
  const chosen = () => area.value.slice(area.selectionStart, area.selectionEnd);

  // put: replaces the selection so that the browser's own undo knows it, then selects `length` letters from `from`
  function put(text, from = text.length, length = 0) {
    const start = area.selectionStart;
    area.focus();
    if (!document.execCommand("insertText", false, text)) {
      area.setRangeText(text);
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    area.setSelectionRange(start + from, start + from + length);
  }

  function around(sign, sample) {
    const text = chosen() || sample;
    put(sign + text + sign, sign.length, text.length);
  }

  // lines: the whole lines of the selection, each with its sign before it
  function lines(sign, sample) {
    const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const end = area.value.indexOf("\n", area.selectionEnd);
    area.setSelectionRange(start, end < 0 ? area.value.length : end);
    put((chosen() || sample).split("\n").map((row, n) => sign(n) + row).join("\n"));
  }

  // block: below what is there, with an empty line between; the sample word is selected
  function block(before, word, after) {
    area.setSelectionRange(area.selectionEnd, area.selectionEnd);
    const above = area.value.slice(0, area.selectionEnd);
    const gap = /^$|\n\n$/.test(above) ? "" : above.endsWith("\n") ? "\n" : "\n\n";
    put(gap + before + word + after, (gap + before).length, word.length);
  }

  const marks = {
    bold: (word) => around("**", word),
    italic: (word) => around("*", word),
    code: (word) => around("`", word),
    heading: (word) => lines(() => "## ", word),
    list: (word) => lines(() => "- ", word),
    numbers: (word) => lines((n) => `${n + 1}. `, word),
    link: (word) => { const text = chosen() || word; put(`[${text}](https://)`, text.length + 3, 8); },
    picture: (word) => block("![", word, "](files/)\n"),
    table: (word) => block("| ", word, ` | ${word} |\n| --- | --- |\n|  |  |\n`),
    note: (word) => block('!!! note "', word, '"\n    '),
  };

  tools.hidden = pane.hidden = false;
  for (const spare of area.form.querySelectorAll("[data-preview-button]")) spare.hidden = true;
  tools.addEventListener("click", ({ target }) => {
    const { mark, sample } = target.closest("[data-mark]")?.dataset ?? {};
    if (mark) marks[mark](sample);
  });
  area.addEventListener("keydown", (event) => {
    const mark = { b: "bold", i: "italic" }[event.key];
    if (!mark || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    tools.querySelector(`[data-mark=${mark}]`).click();
  });

  let timer = 0, asked = null;
  async function preview() {
    asked?.abort();
    asked = new AbortController();
    const body = new FormData();
    body.set("text", area.value);
    body.set("csrf_token", area.form.elements.csrf_token.value);
    pane.setAttribute("aria-busy", "true");
    const place = pane.firstElementChild;
    try {
      const answer = await fetch(box.dataset.previewUrl, { method: "POST", body, signal: asked.signal, redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      place.innerHTML = await answer.text();      // cleaned by the server
    } catch (fault) {
      if (fault.name === "AbortError") return;
      place.textContent = box.dataset.failed;
    }
    pane.removeAttribute("aria-busy");
  }
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(preview, PAUSE);
  });
  if (area.value && !pane.textContent.trim()) preview();
}
