// Shows the rows that have every word typed, and the value of every choice made.
(() => {
  const form = document.querySelector("form[data-filter]");
  const rows = [...document.querySelectorAll("[data-row]")].map((row) => [row, row.textContent.toLowerCase()]);
  const groups = [...document.querySelectorAll("[data-group]")];
  const choices = [...form.querySelectorAll("select")];
  const said = form.querySelector("output");
  const show = () => {
    const words = form.elements.q.value.toLowerCase().split(/\s+/);
    const fits = (row) => choices.every((one) => !one.value || row.dataset[one.name] === one.value);
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = !(fits(row) && words.every((word) => text.includes(word)));
      shown += !row.hidden;
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-row]:not([hidden])");
    said.textContent = shown < rows.length ? `${shown} of ${rows.length}` : `${shown}`;
  };
  form.addEventListener("input", show);
  if (!form.hasAttribute("action")) form.addEventListener("submit", (event) => event.preventDefault());
  show();
})();
