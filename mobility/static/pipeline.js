// The pipeline: selected rows raise the bulk bar; in a review j opens the next, k the previous.

const bar = document.querySelector("[data-bulk]");
if (bar) selection(bar);
document.addEventListener("keydown", walk);

function selection(bar) {
  const rows = [...document.querySelectorAll("input[name=chosen]")];
  const all = document.querySelector("[data-choose-all]");
  const count = bar.querySelector("[data-count]");
  const words = JSON.parse(bar.dataset.words);

  const tell = () => {
    const chosen = rows.filter((row) => row.checked);
    rows.forEach((row) => row.closest("tr").classList.toggle("is-selected", row.checked));
    bar.hidden = chosen.length === 0;
    count.textContent = words[chosen.length];
    if (!all) return;
    all.checked = chosen.length === rows.length;
    all.indeterminate = chosen.length > 0 && !all.checked;
  };
  rows.forEach((row) => row.addEventListener("change", tell));
  all?.addEventListener("change", () => {
    rows.forEach((row) => (row.checked = all.checked));
    tell();
  });
  tell();
}

function walk(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const link = document.querySelector({ j: "a[data-next]", k: "a[data-previous]" }[event.key] || "nothing");
  if (link) link.click();
}
