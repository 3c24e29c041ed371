// The kiosk's page: shows the daemon's picture and hands on what is pressed. It decides nothing by itself.

import { draw } from "./cabinet.js";
import * as words from "./words.js";

const at = (id) => document.getElementById(id);
const SILENT_MS = 25_000;
const CALM_MS = 1_200;
const RESET_MS = 60_000;
const BEACON_MS = 30_000;
const TICK_MS = 500;
const AGAIN_MS = 2_000;
const MENUS = ["courier_menu", "operator_menu"];
const CALLS = ["already_collected", "keypad_closed", "not_allowed", "uncertain"];
const SIGNS = {
  next_parcel: "check", thanks: "check", help: "help", out_of_order: "closed", courier_menu: "list", operator_menu: "list",
  refused: "no",
};
const MOODS = {
  opening: "go", open: "good", please_close: "warn", stuck: "bad", refused: "warn", thanks: "good", next_parcel: "good",
  out_of_order: "bad", inspected: "go",
};
const FIRST = {
  next_parcel: "done", stuck: "not_open", refused: "back", help: "back", courier_menu: "retrieve", operator_menu: "inspect",
};

const wanted = new URLSearchParams(location.search).get("lang");
const home = wanted ?? (navigator.language.startsWith("de") ? "de" : "en");
let picture = null;
let selected = 0;
let heardSound = null;
let drawn = "";
let calm = null;
let heard = Date.now();
let resetAt = 0;
let beacon = { n: 0, until: 0 };

// --- Presses -------------------------------------------------------------------------------------------------------

async function post(path, body) {
  try {
    await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    lost();
  }
}

let waiting = "";
let sending = false;

/** Keys go out in the order in which they were pressed, one request at a time. */
async function press(key) {
  waiting += key;
  play("tick");
  if (sending) return;
  sending = true;
  while (waiting) {
    const text = waiting;
    waiting = "";
    await post("/keys", { text });
  }
  sending = false;
}

const choose = (choice, n = 0) => post("/choices", { choice, n });

function tap(n) {
  if (picture.screen.name === "courier_menu") {
    choose("retrieve", n);
    return;
  }
  selected = selected === n ? 0 : n;
  render();
}

function play(name) {
  // A browser that wasn't touched yet may not make a sound; the screen says the same.
  new Audio(`/sounds/${name}.wav`).play().catch(() => {});
}

/** An open door is heard: until it is shut, or for half a minute. */
function showSound({ name, n, params }) {
  const standing = ["open", "please_close"].includes(name) && params.seen !== false ? n : 0;
  if (standing !== beacon.n) beacon = { n: standing, until: Date.now() + BEACON_MS };
}

function tick() {
  const reachable = !document.body.classList.contains("lost");
  if (beacon.n && reachable && Date.now() < beacon.until) play("tick");
}

// --- What is shown -------------------------------------------------------------------------------------------------

function text(id, value) {
  const place = at(id);
  const leaf = place.querySelector("span") ?? place;
  if (leaf.textContent !== value) leaf.textContent = value;
}

function layout({ name, n, choices }) {
  if (MENUS.includes(name)) return "menu";
  if (n > 0) return "door";
  const typable = ["idle", "typing", "help", "thanks"].includes(name) || (name === "refused" && !choices.includes("done"));
  return typable ? "keypad" : "plain";
}

function showWords(screen) {
  const [title, sentence] = words.said(screen);
  text("title", title);
  text("sentence", sentence);
  const trouble = selected && `${words.page("compartment", { n: selected })}: ${words.troubles(screen.params.compartments?.[selected] ?? "")}`;
  text("aside", trouble || words.aside(screen));
  const phone = picture.site.help_phone;
  const calls = ["help", "out_of_order"].includes(screen.name) || CALLS.includes(screen.params.refusal);
  at("phone").hidden = !(phone && calls);
  text("phone", `${words.page("call")} ${phone}`);
}

function showMark(screen) {
  at("number").textContent = screen.n || "";
  at("plate").hidden = !screen.n;
  at("scan").toggleAttribute("hidden", Boolean(screen.n) || !["idle", "typing"].includes(screen.name));
  const sign = screen.n ? "" : SIGNS[screen.name] ?? "";
  at("sign").toggleAttribute("hidden", !sign);
  if (sign) at("sign").firstElementChild.setAttribute("href", `#icon-${sign}`);
}

function button(choice, screen, primary) {
  const forBox = ["inspect", "repaired"].includes(choice) && screen.name === "operator_menu";
  const made = document.createElement("button");
  made.type = "button";
  made.dataset.choice = choice;
  made.classList.toggle("primary", primary);
  made.textContent = words.label(choice, screen, forBox ? selected : 0);
  made.disabled = forBox && !selected;
  made.addEventListener("click", () => choose(choice, forBox ? selected : 0));
  return made;
}

function showChoices(screen) {
  // "Help" has its own place, always the same one.
  const choices = screen.choices.filter((one) => one !== "help");
  const first = screen.params.seen === false ? "done" : FIRST[screen.name];
  const had = document.activeElement?.dataset?.choice;
  at("choices").replaceChildren(...choices.map((one) => button(one, screen, one === first)));
  at("choices").hidden = choices.length === 0;
  if (had) at("choices").querySelector(`[data-choice="${had}"]`)?.focus();
  at("help").hidden = screen.name === "help";
}

function showTyped() {
  const typed = Math.min(8, picture.typed);
  at("dots").querySelectorAll("i").forEach((dot, i) => dot.classList.toggle("on", i < typed));
  at("dots").setAttribute("aria-label", words.page("pin", { count: typed }));
}

function showCountdown(screen) {
  const left = (screen.until_run_ms ?? 0) - picture.run_ms;
  const bar = at("countdown");
  bar.hidden = !(screen.until_run_ms > 0 && left > 0);
  bar.firstElementChild.getAnimations().forEach((one) => one.cancel());
  if (!bar.hidden) bar.firstElementChild.animate({ transform: ["scaleX(1)", "scaleX(0)"] }, { duration: left, fill: "forwards" });
}

function showPlace() {
  const { site, online, number } = picture;
  at("front").hidden = !number;
  text("front", words.page("number", { number }));
  text("site-name", site.name);
  text("site-where", site.where);
  at("offline").hidden = online;
  text("offline", words.page("offline"));
}

function showFixed() {
  document.documentElement.lang = words.language();
  document.title = words.page("title");
  const other = words.codes().find((code) => code !== words.language());
  at("language").lang = other;
  at("language").textContent = words.own(other, "own_name");
  at("language").setAttribute("aria-label", words.page("language"));
  text("contrast", words.page("contrast"));
  text("low", words.page("low"));
  text("help", words.label("help", { name: "" }, 0));
  at("keypad").setAttribute("aria-label", words.page("keypad"));
  at("keys").querySelector(".clear").setAttribute("aria-label", words.page("clear"));
  text("moment-title", words.page("moment"));
  text("moment-sentence", words.page("reconnecting"));
}

/** Shows the present picture. What hasn't changed isn't touched: focus and movements go on. */
function render() {
  const { screen } = picture;
  if (screen.name !== "operator_menu") selected = 0;
  showTyped();
  showPlace();
  const key = JSON.stringify([screen, selected, words.language(), picture.site, picture.compartments]);
  if (key === drawn) return;
  drawn = key;
  document.body.dataset.screen = screen.name;
  document.body.dataset.mood = MOODS[screen.name] ?? "calm";
  document.body.dataset.layout = layout(screen);
  showFixed();
  showWords(screen);
  showMark(screen);
  showChoices(screen);
  showCountdown(screen);
  showSound(screen);
  draw(at("cabinet"), picture, selected, tap);
}

function took(data) {
  heard = Date.now();
  found();
  picture = JSON.parse(data);
  const { sound } = picture;
  // A sound from before this page was opened is over.
  if (sound && heardSound !== null && sound.id !== heardSound) play(sound.name);
  heardSound = sound?.id ?? 0;
  resetAt = picture.screen.name === "idle" ? Date.now() + RESET_MS : 0;
  render();
  document.body.dataset.version = picture.version;
}

// --- The line to the daemon ----------------------------------------------------------------------------------------

function lost() {
  calm ??= setTimeout(() => document.body.classList.add("lost"), CALM_MS);
}

function found() {
  clearTimeout(calm);
  calm = null;
  document.body.classList.remove("lost");
}

let source = null;

function listen() {
  source?.close();
  heard = Date.now();
  source = new EventSource("/events");
  source.onmessage = (event) => took(event.data);
  source.addEventListener("still", () => { heard = Date.now(); });
  source.onerror = lost;
}

function watch() {
  const given_up = source.readyState === EventSource.CLOSED;
  if (given_up || Date.now() - heard > SILENT_MS) {
    lost();
    listen();
  }
  if (resetAt && Date.now() > resetAt) reset();
}

// --- Toggles, for one person ---------------------------------------------------------------------------------------

function toggle(name, on) {
  document.body.classList.toggle(name, on);
  at(name).setAttribute("aria-pressed", String(on));
}

function place() {
  // Low means low: the language button comes down as well.
  const low = document.body.classList.contains("low");
  document.querySelector(low ? "footer" : "header").append(at("language"));
}

/** Somebody has changed something to suit them: it stays until nobody has been here for a while. */
function touched() {
  if (picture?.screen.name === "idle") resetAt = Date.now() + RESET_MS;
}

/** The next person finds the screen as it was meant. */
function reset() {
  resetAt = 0;
  words.speak(home);
  toggle("contrast", false);
  toggle("low", false);
  place();
  render();
}

function speakOther() {
  const all = words.codes();
  words.speak(all[(all.indexOf(words.language()) + 1) % all.length]);
  touched();
  showFixed();
  if (picture) render();
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  // A number pad types digits whether its lock is on or not: nobody at a locker knows what that is.
  const digit = /^Numpad([0-9])$/.exec(event.code)?.[1] ?? event.key;
  if (/^[0-9]$/.test(digit)) press(digit);
  else if (["Backspace", "Delete", "Escape"].includes(event.key)) press("C");
  else if (event.key === "Enter" && !document.activeElement?.closest("button")) at("choices").querySelector(".primary")?.click();
  else return;
  event.preventDefault();
}

function makeKeys() {
  for (const key of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "C", "0"]) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = key;
    made.className = key === "C" ? "clear" : "digit";
    made.addEventListener("click", () => press(key));
    at("keys").append(made);
  }
}

async function start() {
  try {
    await words.load();
  } catch {
    // The daemon is just starting: without words there is nothing to say yet. The page itself may not be had again now.
    document.body.classList.add("lost");
    setTimeout(start, AGAIN_MS);
    return;
  }
  makeKeys();
  words.speak(home);
  showFixed();
  at("language").addEventListener("click", speakOther);
  for (const name of ["contrast", "low"]) {
    at(name).addEventListener("click", () => { toggle(name, !document.body.classList.contains(name)); place(); touched(); });
  }
  at("help").addEventListener("click", () => choose("help"));
  addEventListener("keydown", onKey);
  lost();
  listen();
  setInterval(watch, 1_000);
  setInterval(tick, TICK_MS);
}

start();
