// Sets light or dark before the first paint, and marks that scripts run. A classic script in <head>,
// because a module would come too late and the page would flash.
(function () {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be forbidden; then the system decides
    }
  };
  const show = () => {
    root.dataset.bsTheme = chosen() || (system.matches ? "dark" : "light");
  };
  root.classList.add("js");
  show();
  system.addEventListener("change", show);
})();
