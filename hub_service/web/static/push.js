// Lets this browser be told what happens to a parcel. Without it, or in a browser that can't, the page is as it was.

const card = document.getElementById("push");
const button = (wish) => card.querySelector(`[data-push="${wish}"]`);

function key(text) {
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

async function say(wish, subscription) {
  const body = JSON.stringify({ wish, ...subscription.toJSON() });
  const answer = await fetch(card.dataset.path, {
    method: "POST", body, headers: { "Content-Type": "application/json" }, credentials: "same-origin",
  });
  return { ok: answer.ok, ...(await answer.json()) };
}

function show(on) {
  card.hidden = false;
  button("on").hidden = on;
  button("off").hidden = !on;
}

function problem(text) {
  const said = card.querySelector("[data-denied]");
  if (text) said.textContent = text;
  said.hidden = false;
}

async function switchOn() {
  if ((await Notification.requestPermission()) !== "granted") return problem();
  // The scope leaves the operators' and couriers' pages alone.
  await navigator.serviceWorker.register(card.dataset.worker, { scope: "/p/" });
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription = await pushManager.subscribe({
    userVisibleOnly: true, applicationServerKey: key(card.dataset.key),
  });
  const answer = await say("on", subscription);
  if (!answer.ok) return problem(answer.detail);
  show(true);
}

async function switchOff() {
  const subscription = await known();
  // The browser stays subscribed: other parcels' pages may share it.
  if (subscription) await say("off", subscription);
  show(false);
}

async function known() {
  const registered = await navigator.serviceWorker.getRegistration("/p/");
  return registered ? registered.pushManager.getSubscription() : null;
}

async function start() {
  const subscription = await known();
  show(subscription !== null && (await say("ask", subscription)).on);
}

// Without TLS browsers have none of these.
if (card && card.dataset.key && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  button("on").addEventListener("click", () => switchOn().catch(() => problem()));
  button("off").addEventListener("click", () => switchOff().catch(() => problem()));
  start().catch(() => {}); // no network: the page stays without the offer
}
