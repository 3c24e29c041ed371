// The twin's page: a view of the hands' state. What it knows comes from /events; what it does goes through the hands.

import { $ } from "./dom.js";
import { say, use } from "./hands.js";
import * as shelf from "./shelf.js";
import * as steel from "./steel.js";

const SCREEN_PX = 1024;
const LOOK_MS = 400;
let state = { doors: [], panel: {}, power: true, network: true };
let chosen = 0;
let kioskUrl = "";
let screenOn = false;

function choose(n) {
  chosen = chosen === n ? 0 : n;
  draw();
}

function plug(id, plugged, words) {
  $(id).setAttribute("aria-pressed", String(plugged));
  $(id).querySelector("b").textContent = plugged ? "in" : "out";
  $(id).title = words;
}

function draw() {
  const { power, network, panel } = state;
  plug("power", power, power ? "Pull the mains plug" : "Put the mains plug in");
  plug("network", network, network ? "Cut the network" : "Connect the network");
  plug("scanner", Boolean(panel.scanner), panel.scanner ? "Unplug the scanner" : "Plug the scanner in");
  document.body.classList.toggle("no-scanner", !panel.scanner);
  steel.draw(state, chosen);
  shelf.draw(state, chosen);
  drawScreen();
}

// -- the locker's own screen -------------------------------------------------------------------------------------------

function drawScreen() {
  if (!state.power && screenOn) $("kiosk").src = "about:blank";
  if (!state.power) screenOn = false;
  $("dark").hidden = screenOn;
  $("dark").textContent = state.power ? "The screen is starting." : "The screen is dark: no power.";
}

/** A screen that has power shows its page as soon as the daemon serves it. */
async function lookForKiosk() {
  if (!state.power || screenOn) return;
  try {
    await fetch(`${kioskUrl}/health`, { mode: "no-cors", cache: "no-store" });
  } catch {
    return;
  }
  screenOn = state.power;
  if (screenOn) $("kiosk").src = kioskUrl;
  drawScreen();
}

function fit() {
  const scale = $("glass").clientWidth / SCREEN_PX;
  $("kiosk").style.transform = `scale(${scale})`;
}

// -- start -------------------------------------------------------------------------------------------------------------

function listen() {
  const events = new EventSource("/events");
  events.addEventListener("message", (message) => {
    state = JSON.parse(message.data);
    draw();
  });
  events.addEventListener("error", () => say("Looking for the twin …"));
}

async function start() {
  const cabinet = await (await fetch("/cabinet")).json();
  $("name").textContent = cabinet.id;
  document.title = `${cabinet.id} – twin`;
  kioskUrl = cabinet.kiosk_url;
  steel.build(cabinet.compartments, { choose, takeOut: shelf.takeOut, putIn: shelf.putIn });
  shelf.start();
  $("power").addEventListener("click", () => use("/power", { on: !state.power }));
  $("network").addEventListener("click", () => use("/network", { up: !state.network }));
  $("scanner").addEventListener("click", () => use("/scanner", { plugged: !state.panel.scanner }));
  new ResizeObserver(fit).observe($("glass"));
  setInterval(lookForKiosk, LOOK_MS);
  listen();
}

start();
