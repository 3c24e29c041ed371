// What can be done at the locker, through the twin's HTTP interface; what can't be done is said.

import { $ } from "./dom.js";

let silence;

export function say(sentence) {
  $("toast").textContent = sentence;
  $("toast").classList.add("shown");
  clearTimeout(silence);
  silence = setTimeout(() => $("toast").classList.remove("shown"), 4500);
}

/** Does something; true if it could be done. */
export async function use(hand, what) {
  const headers = { "Content-Type": "application/json" };
  let answer;
  try {
    answer = await fetch(hand, { method: "POST", body: JSON.stringify(what), headers });
  } catch {
    say("The twin doesn't answer; is the demo still running?");
    return false;
  }
  if (!answer.ok) say((await answer.json().catch(() => ({}))).detail ?? `That didn't work (${answer.status}).`);
  return answer.ok;
}

// -- parcels are carried from hand to box and back, by a click or dragged ---------------------------------------------

export function carry(element, what, from) {
  element.draggable = true;
  element.addEventListener("dragstart", (event) => {
    event.dataTransfer.setData("application/json", JSON.stringify({ what, from }));
    event.dataTransfer.effectAllowed = "move";
  });
}

export function receive(element, ready, take) {
  element.addEventListener("dragover", (event) => {
    if (!ready()) return;
    event.preventDefault();
    element.classList.add("over");
  });
  element.addEventListener("dragleave", () => element.classList.remove("over"));
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    element.classList.remove("over");
    const parcel = carried(event.dataTransfer.getData("application/json"));
    if (parcel) take(parcel);
  });
}

/** What was dropped may come from any window. */
function carried(text) {
  try {
    const { what, from } = JSON.parse(text);
    return typeof what === "string" ? { what, from: Number(from) || 0 } : null;
  } catch {
    return null;
  }
}
