// Finds the words for a picture. The most special text wins: "open.collect" before "open".

let languages = {};
let tongue = "en";

export async function load() {
  const answer = await fetch("/texts");
  if (!answer.ok) throw new Error(`texts: ${answer.status}`);
  languages = await answer.json();
}

export const codes = () => Object.keys(languages);
export const language = () => tongue;
export const speak = (code) => { if (languages[code]) tongue = code; };
export const own = (code, name) => languages[code].page[name];

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const page = (name, values = {}) => fill(languages[tongue].page[name], values);
const counted = (name, count) => page(count === 1 && languages[tongue].page[`${name}_1`] ? `${name}_1` : name, { count, more: count });

function duration(seconds) {
  if (seconds < 90) return page("seconds", { count: seconds });
  if (seconds < 5400) return page("minutes", { count: Math.ceil(seconds / 60) });
  return page("hours", { count: Math.ceil(seconds / 3600) });
}

function ago(minutes) {
  if (!(minutes >= 0)) return page("earlier");
  return minutes < 1 ? page("just_now") : page("ago", { time: duration(minutes * 60) });
}

function chosen(table, name, params) {
  const special = [
    params.seen === false && "unseen", params.why, params.wait_s > 0 && "wait", params.remembered && "remembered",
    params.where && "where", params.retrieve?.length === 0 && "nothing", params.purpose,
    params.reason,
  ];
  const found = special.find((one) => one && table[`${name}.${one}`]);
  return table[found ? `${name}.${found}` : name] ?? ["", ""];
}

/** The large words and the sentence of a screen. */
export function said({ name, n, params }) {
  const { screens, refusals } = languages[tongue];
  const texts = name === "refused" ? chosen(refusals, params.refusal, params) : chosen(screens, name, params);
  const values = {
    n, where: params.where || page("another_place"), wait: duration(params.wait_s ?? 0), ago: ago(params.ago_min),
    left: counted("tries", params.left ?? 0), count: params.count,
  };
  return texts.map((text) => fill(text, values));
}

/** What else is worth knowing: parcels that lie together, doors still to come, parcels put in. */
export function aside({ params }) {
  const told = [params.parcels > 1 && page("together", { count: params.parcels }), params.more > 0 && counted("more", params.more)];
  if (told.some(Boolean)) return told.filter(Boolean).join(" ");
  return params.deposited > 0 ? counted("deposited", params.deposited) : "";
}

export function label(choice, screen, n) {
  const table = languages[tongue].choices;
  const unseen = screen.name === "open" || screen.name === "stuck" ? table[`${screen.name}.${choice}`] : undefined;
  return fill((n && table[`${choice}.n`]) || unseen || table[choice] || choice, { n });
}

export const troubles = (text) =>
  text.split(", ").map((one) => languages[tongue].troubles[one] ?? one.replaceAll("_", " ")).join(", ");
