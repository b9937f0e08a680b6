// tabs: on a narrow screen the row of tabs begins with the one of this page in view.
for (const row of document.querySelectorAll(".tabs")) {
  const here = row.querySelector("[aria-current]")?.getBoundingClientRect();
  const around = row.getBoundingClientRect();
  if (here) row.scrollLeft += here.left - around.left - (around.width - here.width) / 2;
}
