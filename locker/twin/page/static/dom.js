// Small tools for drawing: elements, and lists that are only rebuilt when they differ.

export const $ = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const { text, click, ...rest } = attributes;
  const element = document.createElement(tag);
  Object.entries(rest).forEach(([name, value]) => element.setAttribute(name, value));
  if (text !== undefined) element.textContent = text;
  if (click) element.addEventListener("click", click);
  element.append(...children);
  return element;
}

/** Fills `parent` anew if `content` isn't what it shows. The steel moves often: focus and a parcel being dragged stay. */
export function fill(parent, content, build) {
  const key = JSON.stringify(content);
  if (parent.dataset.shows === key) return;
  parent.dataset.shows = key;
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  parent.replaceChildren(...build());
  if (focused) parent.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

export function load(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name)) ?? [];
  } catch {
    return [];
  }
}

export const keep = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));
