// Draws the cabinet from its millimetres: every door where it really is, the one that matters alive.

import { page, troubles } from "./words.js";

const NS = "http://www.w3.org/2000/svg";
const FRAME_MM = 26;
const LEAF_MM = 120;

export function node(name, attributes = {}, ...children) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Cabinets that were never measured are drawn as a plain grid. */
function measured(boxes) {
  if (boxes.every((box) => box.front_width_mm > 0 && box.front_height_mm > 0)) return boxes;
  const columns = Math.max(1, Math.ceil(Math.sqrt(boxes.length * 0.8)));
  return boxes.map((box, i) => ({
    ...box, x_mm: (i % columns) * 400, y_mm: Math.floor(i / columns) * 300, front_width_mm: 380, front_height_mm: 280,
  }));
}

function extent(boxes) {
  const left = Math.min(...boxes.map((box) => box.x_mm));
  const top = Math.min(...boxes.map((box) => box.y_mm));
  const right = Math.max(...boxes.map((box) => box.x_mm + box.front_width_mm));
  const bottom = Math.max(...boxes.map((box) => box.y_mm + box.front_height_mm));
  return { left, top, width: right - left, height: bottom - top };
}

function badge(box, kind) {
  const size = Math.min(box.front_height_mm * 0.62, 96);
  const x = box.x_mm + box.front_width_mm - size * 0.72, y = box.y_mm + box.front_height_mm / 2;
  const shape = kind === "take"
    ? node("circle", { cx: x, cy: y, r: size * 0.42 })
    : node("path", { d: `M${x} ${y - size * 0.46}L${x + size * 0.5} ${y + size * 0.4}H${x - size * 0.5}Z` });
  const sign = node("text", { x, y: y + size * (kind === "take" ? 0 : 0.1), "font-size": size * 0.56 });
  sign.textContent = kind === "take" ? "↑" : "!";
  return node("g", { class: `badge ${kind}` }, shape, sign);
}

function door(box, state) {
  const { x_mm: x, y_mm: y, front_width_mm: w, front_height_mm: h } = box;
  const group = node("g", { class: ["door", ...state.classes].join(" "), "data-n": box.n });
  group.append(node("rect", { class: "front", x, y, width: w, height: h, rx: 9 }));
  if (state.open) {
    // The leaf swings out to the left of its opening.
    const swing = Math.min(w * 0.3, LEAF_MM), drop = Math.min(h * 0.16, 36);
    group.append(node("path", { class: "leaf", d: `M${x} ${y}l${-swing} ${-drop}v${h + 2 * drop}l${swing} ${-drop}z` }));
  } else if (!state.badge) {
    const grip = Math.min(h * 0.34, 70);
    group.append(node("rect", { class: "grip", x: x + w - 30, y: y + (h - grip) / 2, width: 9, height: grip, rx: 4.5 }));
  }
  const number = node("text", { class: "n", x: x + w / 2, y: y + h / 2, "font-size": Math.min(h * 0.86, w * 0.4, 150) });
  number.textContent = box.n;
  group.append(number);
  if (state.badge) group.append(badge(box, state.badge));
  return group;
}

const arrowSize = (whole) => Math.max(Math.min(whole.height, whole.width) * 0.1, 85);

/** Whether the arrow at `target` would stand on the number of `box`. */
function covered(box, target, whole) {
  const ahead = box.x_mm + box.front_width_mm * 0.2 - (target.x_mm + target.front_width_mm);
  const middle = box.y_mm + box.front_height_mm / 2 - (target.y_mm + target.front_height_mm / 2);
  const size = arrowSize(whole);
  return ahead > -box.front_width_mm / 2 && ahead < size * 1.5 && Math.abs(middle) < size;
}

function arrow(box, whole) {
  const size = arrowSize(whole);
  const x = box.x_mm + box.front_width_mm + size * 0.1, y = box.y_mm + box.front_height_mm / 2;
  const d = `M${x} ${y}l${size * 0.8} ${-size * 0.62}v${size * 0.36}h${size * 0.62}v${size * 0.52}h${-size * 0.62}v${size * 0.36}z`;
  return node("path", { class: "arrow", d });
}

function tappable(group, n, words, selected, tap) {
  group.setAttribute("role", "button");
  group.setAttribute("tabindex", "0");
  group.setAttribute("aria-label", words);
  if (selected !== null) group.setAttribute("aria-pressed", String(selected));
  group.addEventListener("click", () => tap(n));
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    tap(n);
  });
}

function stateOf(box, screen, selected) {
  const wrong = screen.name === "operator_menu" ? screen.params.compartments?.[box.n] ?? "" : "";
  const take = screen.name === "courier_menu" && screen.params.retrieve?.includes(box.n);
  const target = box.n === screen.n;
  const open = (target && ["open", "please_close"].includes(screen.name) && screen.params.seen !== false)
    || ["open", "left_open"].includes(box.door);
  const classes = [];
  if (target) classes.push("target");
  if (open) classes.push("ajar");
  if (wrong) classes.push("wrong");
  if (take) classes.push("take");
  if (box.n === selected) classes.push("selected");
  return { classes, open, badge: wrong ? "fault" : take ? "take" : "", wrong, take };
}

/** Draws all doors into `svg`; `tap(n)` is called for doors that may be tapped on this screen. */
export function draw(svg, picture, selected, tap) {
  const { screen } = picture;
  const boxes = measured(picture.compartments);
  const focused = svg.contains(document.activeElement) ? document.activeElement.dataset.n : null;
  svg.replaceChildren();
  if (boxes.length === 0) return;
  const whole = extent(boxes);
  const target = boxes.find((box) => box.n === screen.n);
  const left = target?.x_mm === whole.left ? LEAF_MM + FRAME_MM : FRAME_MM * 2;
  const right = target && target.x_mm + target.front_width_mm > whole.left + whole.width - 60 ? arrowSize(whole) * 1.9 : FRAME_MM * 2;
  const plinth = whole.height * 0.035 + 20;
  const menu = ["courier_menu", "operator_menu"].includes(screen.name);
  svg.setAttribute("viewBox", [
    whole.left - left, whole.top - FRAME_MM * 2, whole.width + left + right, whole.height + FRAME_MM * 4 + plinth,
  ].join(" "));
  svg.classList.toggle("aimed", Boolean(target));
  svg.setAttribute("role", menu ? "group" : "img");
  svg.setAttribute("aria-label", page(target ? "go_to" : "title", { n: screen.n }));
  svg.append(
    node("rect", { class: "plinth", x: whole.left + 10, y: whole.top + whole.height, width: whole.width - 20, height: plinth + FRAME_MM }),
    node("rect", {
      class: "frame", x: whole.left - FRAME_MM, y: whole.top - FRAME_MM, rx: 24,
      width: whole.width + 2 * FRAME_MM, height: whole.height + 2 * FRAME_MM,
    }),
  );
  // The door in question comes last, so that nothing is drawn over it.
  const ordered = [...boxes].sort((a, b) => (a.n === screen.n) - (b.n === screen.n));
  for (const box of ordered) {
    const state = stateOf(box, screen, selected);
    const group = door(box, state);
    if (screen.name === "operator_menu" || state.take) {
      const words = `${page("compartment", { n: box.n })}: ${troubles(state.take ? "retrieve" : state.wrong)}`;
      tappable(group, box.n, words, screen.name === "operator_menu" ? box.n === selected : null, tap);
    }
    if (target && covered(box, target, whole)) group.classList.add("covered");
    svg.append(group);
  }
  if (target) svg.append(arrow(target, whole));
  if (focused) svg.querySelector(`[data-n="${focused}"]`)?.focus();
}
