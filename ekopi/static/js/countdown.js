// countdown: the time left by the server's clock; says five and one minute; sends the form at zero, never before.
// The server decides in the end: an answer that comes too late is refused there.
for (const box of document.querySelectorAll("[data-due]")) {
  const words = box.dataset;
  const end = Date.parse(words.due) - Date.parse(words.now) + Date.now();
  const said = box.querySelector("[data-said]");
  let last = Infinity;

  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    box.querySelector("[data-left-text]").textContent =
      words.left.replace("{m}", Math.floor(left / 60)).replace("{s}", String(left % 60).padStart(2, "0"));
    if (left <= 300) box.dataset.state = "soon";
    for (const [mark, text] of [[300, words.five], [60, words.one]])
      if (left <= mark && last > mark && left > mark - 30) said.textContent = text;
    last = left;
    if (left) return;
    clearInterval(clock);
    said.textContent = words.over;
    document.getElementById(words.form)?.requestSubmit(document.getElementById(words.button));
  };
  const clock = setInterval(tick, 1000);
  tick();
}
