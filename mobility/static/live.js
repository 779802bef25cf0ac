// Regions marked data-live="milliseconds" renew themselves from the page's own address while they
// carry the mark. When the last of them has finished, the page is loaded once more, so that whatever
// the finished work has made possible is there.

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function latest() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function renew(page) {
  for (const region of document.querySelectorAll("[data-live][id]")) {
    const fresh = page.getElementById(region.id);
    if (!fresh || !fresh.hasAttribute("data-live")) return false;
    if (fresh.innerHTML !== region.innerHTML) region.replaceChildren(...fresh.childNodes);
  }
  return true;
}

export async function renewLiveRegions() {
  const first = document.querySelector("[data-live][id]");
  if (!first) return;
  let pause = Number(first.dataset.live) || 2000;
  for (;;) {
    await wait(pause);
    if (document.hidden) continue;
    try {
      if (!renew(await latest())) return location.reload();
    } catch {
      pause = Math.min(pause * 2, 30000); // the server is away: ask less often
    }
  }
}
