// The things beside the cabinet: what is in the hands, codes to scan, digits to type, tools for one door.

import { $, fill, keep, load, make } from "./dom.js";
import { carry, receive, use } from "./hands.js";

const RECENT = 8;
const held = load("hands");
const recent = load("recent");
let open = [];

function changed() {
  keep("hands", held);
  keep("recent", recent);
  drawHands();
}

export function pickUp(what) {
  if (!held.includes(what)) held.unshift(what);
  changed();
}

function drop(what) {
  if (held.includes(what)) held.splice(held.indexOf(what), 1);
  changed();
}

export async function takeOut(n, what) {
  if (await use(`/compartments/${n}`, { take: what })) pickUp(what);
}

export async function putIn(n, { what, from }) {
  if (from === n || (from && !(await use(`/compartments/${from}`, { take: what })))) return;
  if (await use(`/compartments/${n}`, { put: what })) drop(what);
  else if (from) pickUp(what);
}

async function scan(text) {
  if (!text || !(await use("/scan", { text }))) return;
  flash();
  if (recent.includes(text)) recent.splice(recent.indexOf(text), 1);
  recent.unshift(text);
  recent.splice(RECENT);
  changed();
}

function flash() {
  $("eye").getAnimations().forEach((one) => one.cancel());
  $("eye").animate({ opacity: [1, 0.25, 1, 0.25, 1] }, { duration: 500 });
}

function inHand(what) {
  const button = (text, act, key, strong) =>
    make("button", { type: "button", text, click: act, "data-key": `${what} ${key}`, class: strong ? "strong" : "" });
  const row = make("li", {},
    make("span", { class: "parcel", text: what }),
    button("Scan its label", () => scan(what), "scan"),
    ...open.map((n) => button(`Put into ${n}`, () => putIn(n, { what, from: 0 }), n, true)),
    button("Drop", () => drop(what), "drop"));
  carry(row, what, 0);
  return row;
}

function drawHands() {
  $("empty-hands").hidden = held.length > 0;
  fill($("parcels"), [held, open], () => held.map(inHand));
  fill($("recent"), recent, () => recent.map((text) =>
    make("li", {}, make("button", { type: "button", text, title: text, "data-key": text, click: () => scan(text) }))));
}

function drawTools(door, panel) {
  $("tools").hidden = !door;
  if (!door) return;
  const { n } = door;
  const button = (text, hand, what) => make("button", { type: "button", text, "data-key": hand + what.do, click: () => use(hand, what) });
  const pulses = door.pulses === 1 ? "once" : `${door.pulses} times`;
  $("tool-door").textContent = n;
  $("tool-state").textContent = `The lock is ${door.lock} and was pulsed ${pulses}. The contact says: ${door.sensor}.`;
  fill($("tool-buttons"), [n, door.jammed, door.sensor === "dead", panel.welded], () => [
    door.jammed ? button("Free it", `/doors/${n}`, { do: "free" }) : button("Jam it", `/doors/${n}`, { do: "jam" }),
    door.sensor === "dead"
      ? button("Mend the contact's wire", `/sensors/${n}`, { do: "mend" })
      : button("Cut the contact's wire", `/sensors/${n}`, { do: "cut" }),
    panel.welded?.includes(n)
      ? button("Mend the relay", `/doors/${n}`, { do: "mend" })
      : button("Weld the relay", `/doors/${n}`, { do: "weld" }),
    button("Force it open", `/doors/${n}`, { do: "open" }),
  ]);
}

/** Each lock board: what it is, and a button that makes it ill or well. */
function drawBoards(boards) {
  $("boards").hidden = !boards?.length;
  if (!boards?.length) return;
  const says = ({ plugged, faults }) => (plugged ? faults.join(", ") || "answers" : "unplugged");
  fill($("board-list"), boards, () => boards.map((board) =>
    make("div", {}, make("dt", { text: `${board.name} (${board.protocol} ${board.address})` }), make("dd", { text: says(board) }))));
  fill($("board-buttons"), boards, () => boards.map((board) => {
    const what = board.plugged && !board.faults.length ? "silence" : "mend";
    const text = what === "mend" ? `Mend ${board.name}` : `Silence ${board.name}`;
    return make("button", { type: "button", text, "data-key": board.name, click: () => use(`/boards/${board.name}`, { do: what }) });
  }));
}

export function draw(state, chosen) {
  drawBoards(state.panel.boards);
  open = state.doors.filter((door) => door.open).map((door) => door.n);
  drawHands();
  drawTools(state.doors.find((door) => door.n === chosen), state.panel);
  $("lamp").textContent = state.panel.lamp ? "lit" : "off";
  $("buzzer").textContent = state.panel.buzzer ? "sounding" : "silent";
  $("daemon").textContent = state.panel.daemon ? "running" : "not running";
}

/** A form whose one field is handed on when it is sent. */
function field(form, input, act) {
  $(form).addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $(input).value.trim();
    $(input).value = "";
    if (text) act(text);
  });
}

export function start() {
  field("scan", "code", scan);
  field("type", "digits", (text) => use("/keys", { text }));
  field("take-up", "label", pickUp);
  receive($("hands"), () => true, ({ what, from }) => { if (from) takeOut(from, what); });
}
