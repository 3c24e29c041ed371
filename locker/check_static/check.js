// The check's page: draws the cabinet, shows the question, sends the answer. All that it knows comes with each event.

const NS = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);
let shown = { version: -1, told: 0, asked: "" };

function node(name, attributes = {}) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Cabinets that were never measured are drawn as a plain grid. */
function measured(doors) {
  if (doors.every((door) => door.width_mm > 0 && door.height_mm > 0)) return doors;
  const columns = Math.max(1, Math.ceil(Math.sqrt(doors.length * 0.8)));
  return doors.map((door, i) => ({
    ...door, x_mm: (i % columns) * 400, y_mm: Math.floor(i / columns) * 300, width_mm: 380, height_mm: 280,
  }));
}

function draw(state) {
  const svg = byId("cabinet"), doors = measured(state.doors);
  svg.replaceChildren();
  if (!doors.length) return;
  const right = Math.max(...doors.map((door) => door.x_mm + door.width_mm));
  const bottom = Math.max(...doors.map((door) => door.y_mm + door.height_mm));
  svg.setAttribute("viewBox", `-20 -20 ${right + 40} ${bottom + 40}`);
  for (const door of doors) {
    const asked = state.question?.n === door.n;
    const group = node("g", { class: ["door", door.mark, asked ? "asked" : ""].join(" ") });
    group.append(node("rect", { x: door.x_mm, y: door.y_mm, width: door.width_mm, height: door.height_mm, rx: 10 }));
    const size = Math.min(door.height_mm * 0.7, door.width_mm * 0.35, 130);
    const text = node("text", { x: door.x_mm + door.width_mm / 2, y: door.y_mm + door.height_mm / 2, "font-size": size });
    text.textContent = door.n;
    group.append(text);
    if (state.question?.code === "which") tappable(group, `Door ${door.n} has opened`, String(door.n));
    svg.append(group);
  }
}

function tappable(group, words, answer) {
  group.classList.add("tappable");
  group.setAttribute("role", "button");
  group.setAttribute("tabindex", "0");
  group.setAttribute("aria-label", words);
  group.addEventListener("click", () => send(answer));
  group.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); send(answer); }
  });
}

function button(words, answer, first) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  if (first) made.className = "first";
  made.addEventListener("click", () => send(answer));
  return made;
}

function ask(question) {
  byId("question").textContent = question ? question.text : "One moment …";
  const form = byId("answer");
  form.replaceChildren();
  if (!question) return;
  const choices = question.choices.length ? question.choices : [];
  for (const [i, choice] of choices.entries()) form.append(button(choice, choice, question.default ? choice === question.default : i === 0));
  if (question.code === "which") {
    form.append(button(`door ${question.default}`, question.default, true), button("none", "none", false));
  }
  if (!choices.length && question.code !== "which" && !question.default) form.append(button("done", "", true));
  if (!choices.length && question.default) {
    const field = document.createElement("input");
    field.setAttribute("aria-label", question.text);
    field.placeholder = question.default;
    form.append(field, button("send", "", question.code !== "which"));
    form.lastChild.addEventListener("click", (event) => { event.stopImmediatePropagation(); send(field.value); }, true);
  }
}

function tell(told) {
  byId("told").replaceChildren(...told.map((one) => {
    const line = document.createElement("li");
    if (one.finding) line.className = "finding";
    line.textContent = one.text;
    if (one.next) {
      const next = document.createElement("small");
      next.textContent = one.next;
      line.append(next);
    }
    return line;
  }));
}

async function send(answer) {
  await fetch("answers", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ answer, version: shown.version }),
  });
}

function show(state) {
  draw(state);
  const asked = JSON.stringify(state.question);
  if (asked !== shown.asked) ask(state.question);
  if (state.told.length !== shown.told) tell(state.told);
  shown = { version: state.version, told: state.told.length, asked };
}

const events = new EventSource("events");
events.onmessage = (event) => show(JSON.parse(event.data));
events.onerror = () => { byId("question").textContent = "The check has ended, or can't be reached."; byId("answer").replaceChildren(); };
