// Stays in a recipient's browser and shows what the hub tells of a parcel, also while its page is closed.

self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch {
    // Browsers insist that something is shown; a tap leads to the newest page that is open.
  }
  const { title = "Parcel", body = "", url = "", tag = "" } = said;
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data;
  if (!url || new URL(url).origin !== self.location.origin) return;
  event.waitUntil(shown(url));
});

async function shown(url) {
  const pages = await self.clients.matchAll({ type: "window" });
  const open = pages.find((page) => page.url.split("?")[0] === url);
  await (open ? open.focus() : self.clients.openWindow(url));
}
