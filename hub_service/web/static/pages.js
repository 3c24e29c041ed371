// What pages do besides being pages: look for news while somebody looks at them, and copy codes.
// Everything works without this file.

const seconds = Number(document.body.dataset.refreshS);
const shown = new Map(); // part of the page -> its HTML as the hub last sent it

function inUse(part) {
  return part.contains(document.activeElement) || !getSelection().isCollapsed;
}

async function refresh() {
  if (document.visibilityState !== "visible") return;
  let fresh;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // no network: what stands on the page goes on being good
  }
  for (const part of document.querySelectorAll("[data-live]")) {
    const news = fresh.getElementById(part.id);
    if (!news || inUse(part) || news.innerHTML === shown.get(part.id)) continue;
    shown.set(part.id, news.innerHTML);
    part.replaceChildren(...news.childNodes);
    offerCopies(part);
  }
}

function offerCopies(part) {
  for (const button of part.querySelectorAll("button[data-copy]")) button.hidden = false;
}

async function copy(button) {
  const [code, said] = [document.getElementById(button.dataset.copy), button.firstElementChild];
  try {
    await navigator.clipboard.writeText(code.textContent.trim());
    said.textContent = "Copied";
    setTimeout(() => { said.textContent = "Copy"; }, 1500);
  } catch {
    getSelection().selectAllChildren(code); // no clipboard without TLS: at least it is selected
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-copy]");
  if (button) copy(button);
});
for (const part of document.querySelectorAll("[data-live]")) shown.set(part.id, part.innerHTML);
offerCopies(document);
if (seconds) {
  setInterval(refresh, seconds * 1000);
  document.addEventListener("visibilitychange", refresh);
}
