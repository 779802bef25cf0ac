// The pipeline: selected rows raise the bulk bar, and keys walk through the list. In a review j opens
// the next application, k the previous.

const bar = document.querySelector("[data-bulk]");
const choosing = bar ? selection(bar) : () => {};
const shortcuts = document.querySelector("[data-shortcuts]");
const list = shortcuts ? listKeys(shortcuts) : {};
document.addEventListener("keydown", pressed);

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
  return tell;
}

// Single keys disturb who speaks to the machine, so they can be switched off, and stay so.
function areOff() {
  try {
    return localStorage.getItem("shortcuts") === "off";
  } catch {
    return false;
  }
}

// What each key does in the list; Enter follows the link that has the focus, as everywhere.
function listKeys(dialog) {
  const links = [...document.querySelectorAll("tr[data-row] th a")];
  const said = document.querySelector("[data-said]");
  const words = JSON.parse(dialog.dataset.words);
  let at = links.indexOf(document.activeElement);

  const say = () => {
    const row = links[at].closest("tr");
    const chosen = row.querySelector("input[name=chosen]").checked;
    const parts = [links[at].textContent, row.dataset.row, `${at + 1} / ${links.length}`];
    said.textContent = [...parts, chosen ? words.chosen : words.notChosen].join(", ");
  };
  const move = (by) => {
    if (!links.length) return;
    const focused = links.indexOf(document.activeElement);
    if (focused >= 0) at = focused;
    at = at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by));
    links[at].focus();
    say();
  };
  const choose = () => {
    if (links.indexOf(document.activeElement) < 0) return;
    at = links.indexOf(document.activeElement);
    const box = links[at].closest("tr").querySelector("input[name=chosen]");
    box.checked = !box.checked;
    choosing();
    say();
  };
  const show = () => dialog.showModal();

  const off = dialog.querySelector("[data-shortcuts-off]");
  off.checked = areOff();
  off.addEventListener("change", () => {
    try {
      off.checked ? localStorage.setItem("shortcuts", "off") : localStorage.removeItem("shortcuts");
    } catch {
      // not kept
    }
  });
  document.querySelector("[data-show-shortcuts]").addEventListener("click", show);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  return {
    j: () => move(1),
    k: () => move(-1),
    x: choose,
    "/": () => document.getElementById("q").focus(),
    "?": show,
  };
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || areOff()) return;
  const box = event.target.closest("input, textarea, select, dialog, [contenteditable]");
  if (box) return;
  const link = document.querySelector({ j: "a[data-next]", k: "a[data-previous]" }[event.key] || "nothing");
  if (link) return link.click();
  const act = Object.hasOwn(list, event.key) ? list[event.key] : null;
  if (!act) return;
  event.preventDefault(); // the key itself is not typed into the field it leads to
  act();
}
