// The cabinet from outside: doors that swing, parcels inside, cables to the wall.

import { $, fill, make } from "./dom.js";
import { carry, receive, use } from "./hands.js";

const EDGE_MM = 20;
const boxes = new Map();

/** Cabinets whose picture was never measured are drawn as a plain column. */
function measured(specs) {
  if (specs.every((spec) => spec.front_width_mm && spec.front_height_mm)) return specs;
  return specs.map((spec, i) => ({ ...spec, x_mm: EDGE_MM, y_mm: EDGE_MM + i * 140, front_width_mm: 400, front_height_mm: 120 }));
}

/** Builds the doors. `acts` says what to do: `choose(n)`, `takeOut(n, what)`, `putIn(n, parcel)`. */
export function build(specs, acts) {
  const compartments = measured(specs);
  const width = Math.max(...compartments.map((box) => box.x_mm + box.front_width_mm)) + EDGE_MM;
  const height = Math.max(...compartments.map((box) => box.y_mm + box.front_height_mm)) + EDGE_MM;
  $("stand").style.setProperty("--shape", `${width} / ${height}`);
  $("stand").style.setProperty("--width", width / height);
  for (const spec of compartments) {
    const box = boxOf(spec, acts);
    const share = (mm, of) => `${(100 * mm) / of}%`;
    box.root.style.left = share(spec.x_mm, width);
    box.root.style.top = share(spec.y_mm, height);
    box.root.style.width = share(spec.front_width_mm, width);
    box.root.style.height = share(spec.front_height_mm, height);
    $("cabinet").append(box.root);
    boxes.set(spec.n, box);
  }
}

function boxOf(spec, acts) {
  const { n } = spec;
  const shutIt = () => use(`/doors/${n}`, { do: "close" });
  const box = { open: false, inside: make("div", { class: "inside" }), marks: make("span", { class: "marks" }) };
  box.leaf = make("button", { type: "button", class: "leaf", click: () => (box.open ? shutIt() : acts.choose(n)) },
    make("span", { class: "n", text: n }), box.marks,
    make("span", { class: "size", text: spec.size_class }), make("span", { class: "coil" }));
  box.shut = make("button", { type: "button", class: "shut", text: "Shut", "aria-label": `Shut door ${n}`, click: shutIt });
  box.root = make("div", { class: "box", "data-n": n }, box.inside, box.leaf, box.shut);
  box.acts = acts;
  receive(box.root, () => box.open, (parcel) => acts.putIn(n, parcel));
  return box;
}

function marksOf(door, panel) {
  return [
    door.jammed && "jammed", door.sensor === "dead" && "wire cut", panel.burnt?.includes(door.n) && "coil burnt",
    panel.welded?.includes(door.n) && "relay welded",
  ].filter(Boolean).join(", ");
}

function drawDoor(door, panel, chosen) {
  const box = boxes.get(door.n);
  if (!box) return;
  box.open = door.open;
  box.root.classList.toggle("open", door.open);
  box.root.classList.toggle("energised", door.energised);
  box.root.classList.toggle("selected", chosen === door.n);
  box.marks.textContent = marksOf(door, panel);
  const held = door.content.length ? `, holds ${door.content.join(", ")}` : "";
  const wrong = box.marks.textContent && `, ${box.marks.textContent}`;
  box.leaf.setAttribute("aria-label", `Door ${door.n}${wrong}, ${door.open ? `open${held}; shut it` : "shut; choose it"}`);
  fill(box.inside, door.content, () => door.content.map((what) => parcel(door.n, what, box.acts)));
}

function parcel(n, what, acts) {
  const made = make("button", {
    type: "button", class: "parcel", text: what, title: what, "data-key": what, "aria-label": `Take ${what} out of ${n}`,
    click: () => acts.takeOut(n, what),
  });
  carry(made, what, n);
  return made;
}

export function draw(state, chosen) {
  document.body.classList.toggle("no-power", !state.power);
  document.body.classList.toggle("no-network", !state.network);
  state.doors.forEach((door) => drawDoor(door, state.panel, chosen));
}
