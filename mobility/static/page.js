// What every page gains from JavaScript; each part is a few lines and the page works without it.
import { renewLiveRegions } from "./live.js";

const root = document.documentElement;

function themeSwitch(button) {
  const tell = () => button.setAttribute("aria-pressed", String(root.dataset.bsTheme === "dark"));
  tell();
  button.addEventListener("click", () => {
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    const system = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    root.dataset.bsTheme = theme;
    try {
      // what equals the system's own choice need not be kept: it follows the system again
      theme === system ? localStorage.removeItem("theme") : localStorage.setItem("theme", theme);
    } catch {
      // not kept, but shown
    }
    tell();
  });
}

function menuToggle(button) {
  const menu = document.getElementById(button.getAttribute("aria-controls"));
  const set = (open) => {
    button.setAttribute("aria-expanded", String(open));
    menu.classList.toggle("is-open", open);
  };
  button.addEventListener("click", () => set(button.getAttribute("aria-expanded") !== "true"));
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && button.getAttribute("aria-expanded") === "true") {
      set(false);
      button.focus();
    }
  });
}

function picks() {
  const open = () => document.querySelectorAll("details[data-pick][open]");
  document.addEventListener("click", (event) => {
    for (const pick of open()) if (!pick.contains(event.target)) pick.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const pick of open()) {
      pick.open = false;
      pick.querySelector("summary").focus();
    }
  });
}

function errorSummary(summary) {
  document.title = `${summary.querySelector("h2").textContent.trim()}: ${document.title}`;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest(".field") || field).scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });
}

// A second press within a second is the same press; the server refuses it anyway.
function oncePerSecond() {
  const sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // handled by the page itself
    const pressed = event.submitter || event.target;
    if (event.timeStamp - (sent.get(pressed) ?? -1000) < 1000) event.preventDefault();
    else sent.set(pressed, event.timeStamp);
  });
}

document.querySelectorAll("[data-theme-toggle]").forEach(themeSwitch);
document.querySelectorAll("[data-menu-toggle]").forEach(menuToggle);
document.querySelectorAll("[data-error-summary]").forEach(errorSummary);
document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
picks();
oncePerSecond();
renewLiveRegions();
