// The ranking page: my list beside the places. The list is another view of the selects that work
// without JavaScript; what is in them is what a submission sends. Saved as one goes.

const form = document.querySelector("form[data-ranking]");
if (form) start(form);

// The credits as they are typed, where the call gives several courses.
function credits(form) {
  const typed = (name) => form.querySelector(`[name=credits_${name}]`)?.value ?? null;
  return { wanted: typed("wanted"), most: typed("most") };
}

function start(form) {
  const words = JSON.parse(form.dataset.words);
  const most = Number(form.dataset.most);
  const list = form.querySelector("[data-list]");
  const pattern = form.querySelector("[data-item]");
  const find = (name) => form.querySelector(`[data-${name}]`);
  const placeOf = (id) => form.querySelector(`[data-place="${id}"]`);
  const items = () => [...list.children];
  const rankOf = (item) => items().indexOf(item) + 1;
  const titleOf = (item) => placeOf(item.dataset.id).dataset.title;
  const saving = autosave(form, words, draft);

  const say = (text, values = {}) => {
    find("announce").textContent = fill(text, values);
  };
  const told = (item) => ({ title: titleOf(item), rank: rankOf(item), count: items().length });

  function draft() {
    return items().map((item) => ({
      offer: Number(item.dataset.id),
      motivation: item.querySelector("textarea").value,
    }));
  }

  function makeItem(id) {
    const place = placeOf(id);
    const item = pattern.content.firstElementChild.cloneNode(true);
    const title = place.dataset.title;
    item.dataset.id = id;
    item.querySelector("[data-title]").textContent = title;
    item.querySelector("[data-at]").textContent = place.dataset.at;
    for (const [part, label] of [["handle", "handle"], ["up", "up"], ["down", "down"], ["remove", "remove"]])
      item.querySelector(`[data-${part}]`).setAttribute("aria-label", fill(words[label], { title }));
    item.append(place.querySelector(".place-motivation"));
    return item;
  }

  function add(id, before = null) {
    if (items().length >= most) {
      say(words.full);
      showMissing(words.full);
      return null;
    }
    const item = makeItem(id);
    list.insertBefore(item, before);
    return item;
  }

  function remove(item) {
    placeOf(item.dataset.id).querySelector(".place-fields").append(item.querySelector(".place-motivation"));
    item.remove();
  }

  // Put an item before another without losing the focus inside it.
  let moving = false;
  function put(item, before) {
    if (before === item || item.nextElementSibling === before) return;
    const focused = item.contains(document.activeElement) ? document.activeElement : null;
    moving = true;
    list.insertBefore(item, before);
    focused?.focus();
    moving = false;
  }

  function showMissing(text) {
    const missing = find("missing");
    missing.hidden = !text;
    missing.querySelector(".notice-words").textContent = text;
  }

  // Bring everything that follows from the list in line with it.
  function settle({ save = true } = {}) {
    const count = items().length;
    form.querySelectorAll("[data-place]").forEach((place) => {
      const item = items().find((one) => one.dataset.id === place.dataset.place);
      place.querySelector("select").value = item ? String(rankOf(item)) : "";
      place.querySelector("[data-add]").hidden = Boolean(item);
      place.querySelector("[data-grab]").hidden = Boolean(item);
      place.querySelector("[data-taken]").hidden = !item;
    });
    items().forEach((item, index) => {
      item.querySelector(".ranked-number").textContent = index + 1;
      item.querySelector("[data-up]").disabled = index === 0;
      item.querySelector("[data-down]").disabled = index === count - 1;
    });
    form.querySelectorAll("[data-ranked]").forEach((shown) => (shown.textContent = words.ranked[count]));
    find("submit").textContent = words.submit[count];
    find("empty").hidden = count > 0;
    showMissing(words.missing[count]);
    if (save) saving.soon();
  }

  // --- By buttons
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const item = button?.closest(".ranked-item");
    if (button?.matches("[data-add]")) {
      const added = add(button.closest("[data-place]").dataset.place);
      if (!added) return;
      settle();
      say(words.added, told(added));
      const next = form.querySelector(".place:not([hidden]) [data-add]:not([hidden])");
      (nextAfter(button) || next || document.getElementById("my-list-title")).focus();
    } else if (button?.matches("[data-remove]")) {
      const place = placeOf(item.dataset.id);
      const after = item.nextElementSibling || item.previousElementSibling;
      say(words.removed, told(item));
      remove(item);
      settle();
      (after?.querySelector("[data-handle]") || place.querySelector("[data-add]")).focus();
    } else if (button?.matches("[data-up], [data-down]")) {
      move(item, button.matches("[data-up]") ? -1 : 1);
      if (button.disabled) item.querySelector("[data-handle]").focus();
    }
  });

  function nextAfter(button) {
    const all = [...form.querySelectorAll(".place:not([hidden]) [data-add]")];
    return all.slice(all.indexOf(button) + 1).find((one) => !one.hidden);
  }

  function move(item, step) {
    const all = items();
    const at = all.indexOf(item) + step;
    if (at < 0 || at >= all.length) return;
    put(item, step < 0 ? all[at] : all[at].nextElementSibling);
    settle();
    say(words.moved, told(item));
  }

  // --- By keyboard: Space picks up and drops, arrows move, Escape puts back
  let lifted = null;
  function lift(item) {
    lifted = { item, from: item.nextElementSibling };
    mark(item, true);
    say(words.lifted, told(item));
  }
  function drop(text = words.dropped) {
    if (!lifted) return;
    const { item } = lifted;
    lifted = null;
    mark(item, false);
    say(text, told(item));
  }
  const mark = (item, on) => {
    item.classList.toggle("is-lifted", on);
    item.querySelector("[data-handle]").setAttribute("aria-pressed", String(on));
  };
  list.addEventListener("keydown", (event) => {
    const handle = event.target.closest("[data-handle]");
    if (!handle) return;
    const item = handle.closest(".ranked-item");
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === " " || event.key === "Enter") lifted ? drop() : lift(item);
    else if (step && lifted) move(item, step);
    else if (event.key === "Escape" && lifted) {
      put(item, lifted.from);
      settle();
      drop(words.restored);
    } else return;
    event.preventDefault();
  });
  list.addEventListener("focusout", () => moving || drop());

  // --- By drag: the pointer is followed on the window, since the dragged node itself moves
  let drag = null;
  form.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-handle], [data-grab]");
    if (!grip || event.button !== 0) return;
    const item = grip.closest(".ranked-item");
    drag = { item, place: item ? null : grip.closest("[data-place]"), x: event.clientX, y: event.clientY, live: false };
    if (drag.place) event.preventDefault(); // no text is selected on the way
  });
  window.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.live && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 5) return;
    if (!drag.live) beginDrag();
    drag.ghost?.style.setProperty("transform", `translate(${event.clientX + 12}px, ${event.clientY + 12}px)`);
    if (drag.place) enterOrLeave(event);
    if (drag.item) put(drag.item, under(event.clientY));
    scrollAtEdges(event.clientY);
  });
  function beginDrag() {
    drag.live = true;
    document.body.classList.add("is-dragging");
    drag.item?.classList.add("is-lifted");
    if (!drag.place) return;
    drag.ghost = document.createElement("div");
    drag.ghost.className = "drag-ghost";
    drag.ghost.textContent = drag.place.dataset.title;
    document.body.append(drag.ghost);
  }
  // A place from the left enters the list while the pointer is over it, and leaves with it.
  function enterOrLeave(event) {
    const box = list.closest(".my-list").getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (inside && !drag.item) {
      drag.item = add(drag.place.dataset.place);
      drag.item?.classList.add("is-lifted");
    } else if (!inside && drag.item) {
      remove(drag.item);
      drag.item = null;
    }
    settle({ save: false });
  }
  function under(y) {
    return (
      items().find((item) => {
        const box = item.getBoundingClientRect();
        return item !== drag.item && y < box.top + box.height / 2;
      }) || null
    );
  }
  function scrollAtEdges(y) {
    if (y < 48) window.scrollBy(0, -16);
    else if (y > window.innerHeight - 48) window.scrollBy(0, 16);
  }
  function endDrag() {
    if (!drag) return;
    const { item, live, ghost } = drag;
    drag = null;
    ghost?.remove();
    document.body.classList.remove("is-dragging");
    if (!live) return;
    item?.classList.remove("is-lifted");
    settle();
    if (item) say(words.dropped, told(item));
  }
  window.addEventListener("pointerup", endDrag);
  window.addEventListener("pointercancel", endDrag);

  // --- Words and filters
  form.addEventListener("input", (event) => {
    if (event.target.matches(".ranked-item textarea, [name^=credits_]")) saving.soon();
  });
  filters(form, words);

  // What the server drew as plain lines becomes the list.
  const ids = items().map((line) => line.dataset.id);
  list.replaceChildren(...ids.map(makeItem));
  const stated = find("missing").hidden ? "" : find("missing").textContent.trim();
  settle({ save: false });
  if (stated && !words.missing[ids.length]) showMissing(stated);
  form.classList.add("is-enhanced");
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function filters(form, words) {
  const search = document.getElementById("place-filter");
  const language = document.getElementById("place-language");
  const fold = (text) => text.toLocaleLowerCase().replaceAll("ё", "е");
  const apply = () => {
    const wanted = fold(search.value).split(/\s+/).filter(Boolean);
    let count = 0;
    form.querySelectorAll("[data-place]").forEach((place) => {
      const text = fold(place.querySelector(".place-head").textContent);
      const fits = wanted.every((word) => text.includes(word));
      place.hidden = !(fits && (!language.value || place.dataset.language === language.value));
      count += place.hidden ? 0 : 1;
    });
    form.querySelector("[data-found]").textContent =
      search.value || language.value ? fill(words.matching, { count }) : "";
  };
  search.addEventListener("input", apply);
  language.addEventListener("change", apply);
}

// Saves the draft a moment after the last change, one request at a time, and keeps trying.
function autosave(form, words, draft) {
  const shown = form.querySelector("[data-saved]");
  const token = form.querySelector("[name=csrf_token]")?.value || "";
  let timer = 0;
  let waiting = false; // something is not stored yet
  let busy = false;
  let pause = 0;
  let submitting = false;

  const tell = (text, failed = false) => {
    shown.textContent = text;
    shown.classList.toggle("is-failed", failed);
  };
  const later = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  };

  async function save() {
    if (busy || submitting || !waiting) return;
    busy = true;
    waiting = false;
    tell(words.saving);
    try {
      const answer = await fetch(form.getAttribute("action") || location.pathname, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ choices: draft(), credits: credits(form) }),
        keepalive: true,
      });
      const told = await answer.json();
      if (answer.status >= 500) throw new Error(told.error);
      pause = 0;
      tell(answer.ok ? told.saved : fill(words.refused, { error: told.error }), !answer.ok);
    } catch {
      waiting = true;
      tell(words.failed, true);
      pause = Math.min((pause || 1000) * 2, 30000);
    }
    busy = false;
    if (waiting) later(pause || 500);
  }

  form.addEventListener("submit", () => {
    submitting = true;
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", () => (submitting = false));
  document.addEventListener("visibilitychange", () => document.hidden && save());
  window.addEventListener("beforeunload", (event) => {
    if ((waiting || busy) && !submitting) event.preventDefault();
  });
  return {
    soon() {
      waiting = true;
      later(500);
    },
  };
}
