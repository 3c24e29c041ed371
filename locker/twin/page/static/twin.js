// The twin's page: a view of the hands' state. What it knows comes from /events; what it does goes through the hands.

const $ = (id) => document.getElementById(id);
const hands = load("hands");
const recent = load("recent");
const boxes = new Map();
let state = { doors: [], panel: {}, power: true, network: true };
let selected = 0;

function load(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name)) ?? [];
  } catch {
    return [];
  }
}

function keep() {
  sessionStorage.setItem("hands", JSON.stringify(hands));
  sessionStorage.setItem("recent", JSON.stringify(recent));
}

function make(tag, attributes = {}, ...children) {
  const { text, click, ...rest } = attributes;
  const element = document.createElement(tag);
  Object.entries(rest).forEach(([name, value]) => element.setAttribute(name, value));
  if (text !== undefined) element.textContent = text;
  if (click) element.addEventListener("click", click);
  element.append(...children);
  return element;
}

async function use(hand, what) {
  let answer;
  try {
    answer = await fetch(hand, { method: "POST", body: JSON.stringify(what), headers: { "Content-Type": "application/json" } });
  } catch {
    say("The twin doesn't answer; is the demo still running?");
    return false;
  }
  if (!answer.ok) say((await answer.json().catch(() => ({}))).detail ?? `That didn't work (${answer.status}).`);
  return answer.ok;
}

let toastTimer;
function say(sentence) {
  $("toast").textContent = sentence;
  $("toast").classList.add("shown");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => $("toast").classList.remove("shown"), 4500);
}

// -- the steel -------------------------------------------------------------------------------------------------------

function build(cabinet) {
  const edge = 20;
  const right = (box) => box.x_mm + (box.front_width_mm || box.width_mm) + edge;
  const bottom = (box) => box.y_mm + (box.front_height_mm || box.height_mm) + edge;
  const width = Math.max(...cabinet.compartments.map(right));
  const height = Math.max(...cabinet.compartments.map(bottom));
  const drawing = $("cabinet");
  drawing.style.aspectRatio = `${width} / ${height}`;
  drawing.style.maxWidth = `calc(72vh * ${width} / ${height})`;
  for (const spec of cabinet.compartments) {
    const box = boxOf(spec);
    const share = (mm, of) => `${(100 * mm) / of}%`;
    box.root.style.left = share(spec.x_mm, width);
    box.root.style.top = share(spec.y_mm, height);
    box.root.style.width = share(spec.front_width_mm || spec.width_mm, width);
    box.root.style.height = share(spec.front_height_mm || spec.height_mm, height);
    drawing.append(box.root);
    boxes.set(spec.n, box);
  }
  $("name").textContent = cabinet.id;
  document.title = `${cabinet.id} – twin`;
  $("kiosk").src = cabinet.kiosk_url;
}

function boxOf(spec) {
  const { n } = spec;
  const marks = make("span", { class: "marks" });
  const leaf = make("button", { type: "button", class: "leaf", click: () => touch(n) },
    make("span", { class: "n", text: n }), marks,
    make("span", { class: "size", text: spec.size_class }), make("span", { class: "coil" }));
  const inside = make("div", { class: "inside" });
  const shut = make("button", { type: "button", class: "shut", text: "Shut", click: () => use(`/doors/${n}`, { do: "close" }) });
  return { n, root: make("div", { class: "box" }, inside, leaf, shut), leaf, inside, marks, shut };
}

function touch(n) {
  const door = state.doors.find((one) => one.n === n);
  if (door?.open) use(`/doors/${n}`, { do: "close" });
  else select(n);
}

function select(n) {
  selected = selected === n ? 0 : n;
  draw();
}

function drawDoor(door) {
  const box = boxes.get(door.n);
  if (!box) return;
  box.root.classList.toggle("open", door.open);
  box.root.classList.toggle("energised", door.energised);
  box.root.classList.toggle("selected", selected === door.n);
  const marks = [door.jammed && "jammed", door.sensor === "dead" && "wire cut", state.panel.burnt?.includes(door.n) && "burnt"];
  box.marks.textContent = marks.filter(Boolean).join(", ");
  const held = door.content.length ? `, holds ${door.content.join(", ")}` : "";
  box.leaf.setAttribute("aria-label", `Door ${door.n}, ${door.open ? `open${held}; shut it` : "shut; choose it"}`);
  box.shut.setAttribute("aria-label", `Shut door ${door.n}`);
  box.inside.replaceChildren(...door.content.map((what) =>
    make("button", { type: "button", class: "parcel", text: what, "aria-label": `Take ${what} out of ${door.n}`, click: () => takeOut(door.n, what) })));
}

// -- hands -----------------------------------------------------------------------------------------------------------

async function takeOut(n, what) {
  if (await use(`/compartments/${n}`, { take: what })) pickUp(what);
}

function pickUp(what) {
  if (!hands.includes(what)) hands.unshift(what);
  keep();
  draw();
}

async function putIn(n, what) {
  if (!(await use(`/compartments/${n}`, { put: what }))) return;
  hands.splice(hands.indexOf(what), 1);
  keep();
  draw();
}

async function scan(text) {
  if (!text) return;
  if (await use("/scan", { text })) {
    const old = recent.indexOf(text);
    if (old >= 0) recent.splice(old, 1);
    recent.unshift(text);
    recent.splice(8);
    keep();
    draw();
  }
}

function drawHands() {
  const open = state.doors.filter((door) => door.open).map((door) => door.n);
  $("empty-hands").hidden = hands.length > 0;
  $("parcels").replaceChildren(...hands.map((what) => make("li", {},
    make("span", { class: "parcel", text: what }),
    make("button", { type: "button", text: "Scan its label", click: () => scan(what) }),
    ...open.map((n) => make("button", { type: "button", class: "strong", text: `Put into ${n}`, click: () => putIn(n, what) })),
    make("button", { type: "button", text: "Drop", click: () => { hands.splice(hands.indexOf(what), 1); keep(); draw(); } }))));
  $("recent").replaceChildren(...recent.map((text) =>
    make("li", {}, make("button", { type: "button", text, title: text, click: () => scan(text) }))));
}

// -- tools -----------------------------------------------------------------------------------------------------------

function drawTools() {
  const door = state.doors.find((one) => one.n === selected);
  $("tools").hidden = !door;
  if (!door) return;
  const button = (text, hand, what) => make("button", { type: "button", text, click: () => use(hand, what) });
  const { n } = door;
  $("tool-door").textContent = n;
  $("tool-state").textContent =
    `Lock ${door.lock}, pulsed ${door.pulses} times, contact says ${door.sensor}.`;
  $("tool-buttons").replaceChildren(
    door.jammed ? button("Free it", `/doors/${n}`, { do: "free" }) : button("Jam it", `/doors/${n}`, { do: "jam" }),
    door.sensor === "dead"
      ? button("Mend the contact's wire", `/sensors/${n}`, { do: "mend" })
      : button("Cut the contact's wire", `/sensors/${n}`, { do: "cut" }),
    button("Force it open", `/doors/${n}`, { do: "open" }));
}

function toggle(id, on, words) {
  $(id).setAttribute("aria-pressed", String(on));
  $(id).querySelector("b").textContent = on ? "in" : "out";
  $(id).title = words;
}

function draw() {
  document.body.classList.toggle("no-power", !state.power);
  toggle("power", state.power, state.power ? "Pull the mains plug" : "Put the mains plug in");
  toggle("network", state.network, state.network ? "Cut the network" : "Connect the network");
  toggle("scanner", Boolean(state.panel.scanner), state.panel.scanner ? "Unplug the scanner" : "Plug the scanner in");
  $("dark").hidden = state.power;
  $("lamp").textContent = state.panel.lamp ? "lit" : "off";
  $("buzzer").textContent = state.panel.buzzer ? "sounding" : "silent";
  $("daemon").textContent = state.panel.daemon ? "running" : "not running";
  state.doors.forEach(drawDoor);
  drawHands();
  drawTools();
}

function listen() {
  const events = new EventSource("/events");
  let wasOn = true;
  events.addEventListener("message", (message) => {
    state = JSON.parse(message.data);
    // A screen that has booted again has to be loaded again, as a kiosk browser does.
    if (state.power && !wasOn) setTimeout(() => { $("kiosk").src = $("kiosk").src; }, 2500);
    wasOn = state.power;
    draw();
  });
  events.addEventListener("error", () => say("Looking for the twin …"));
}

$("power").addEventListener("click", () => use("/power", { on: !state.power }));
$("network").addEventListener("click", () => use("/network", { up: !state.network }));
$("scanner").addEventListener("click", () => use("/scanner", { plugged: !state.panel.scanner }));
$("scan").addEventListener("submit", (event) => {
  event.preventDefault();
  scan($("code").value.trim());
  $("code").value = "";
});
$("take-up").addEventListener("submit", (event) => {
  event.preventDefault();
  const label = $("label").value.trim();
  if (label) pickUp(label);
  $("label").value = "";
});

build(await (await fetch("/cabinet")).json());
listen();
