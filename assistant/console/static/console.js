/* What the pages do beyond plain links and forms: keys, the player, and staying up to date. */
import { followPlayer } from "./player.js";

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

function typing(target) {
  return target.closest("input:not([type=range]), textarea, select, [contenteditable]") !== null;
}

/** Moves the focus by `step` among the entries; starts at the first (or last) when none has it. */
function move(entries, step) {
  const here = entries.findIndex((entry) => entry === document.activeElement || entry.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : entries.length - 1) : Math.min(Math.max(here + step, 0), entries.length - 1);
  entries[next]?.focus();
  entries[next]?.scrollIntoView({ block: "nearest" });
}

const worklistKeys = {
  j: () => move(all(".row-open"), 1),
  k: () => move(all(".row-open"), -1),
  ArrowDown: () => move(all(".row-open"), 1),
  ArrowUp: () => move(all(".row-open"), -1),
  a: () => {
    const row = document.activeElement.closest(".row") ?? one(".row:has([data-acknowledge])");
    one("[data-acknowledge]", row ?? document)?.click();
  },
};

function sign() {
  const button = one("[data-sign]");
  if (!button) return;
  button.click();
  one("details[open] [data-sign-anyway]")?.focus();
}

function amend() {
  const field = document.activeElement.closest("[data-field]") ?? one("[data-field]");
  const editor = field && one(".amend", field);
  if (!editor) return;
  editor.open = true;
  one("input:not([type=hidden]), select, textarea", editor)?.focus();
}

/** The fields that are not folded away. */
const shownFields = () => all("[data-field]").filter((field) => field.checkVisibility());

const visitKeys = {
  s: sign,
  e: amend,
  a: () => one("#review [data-acknowledge]")?.click(),
  j: () => move(shownFields(), 1),
  k: () => move(shownFields(), -1),
  Escape: () => one("[data-back]")?.click(),
};

/** Folds up what was opened. The focus must not stay inside, where the next key would count as typing. */
function close(details) {
  details.open = false;
  (details.closest("[data-field]") ?? one("summary", details)).focus();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.key === "Escape" && target.closest(".amend[open], .confirm[open]")) {
    close(target.closest("details[open]"));
    event.preventDefault();
    return;
  }
  if (typing(target)) return;
  const keys = one("#worklist") ? worklistKeys : one("#review") ? visitKeys : {};
  const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  const cancel = event.target.closest("[data-cancel]");
  if (!cancel) return;
  close(cancel.closest("details"));
});

/* A key that waits for the server must not send twice. */
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-sent]")) event.preventDefault();
  else if (!event.target.hasAttribute("hx-post")) event.target.dataset.sent = "";
});
window.addEventListener("pageshow", () => all("[data-sent]").forEach((form) => delete form.dataset.sent));

/* After a field was sent, the focus is where the work goes on: at the field, or at what was refused. */
document.addEventListener("htmx:afterSettle", (event) => {
  const slot = event.detail.requestConfig?.path.match(/\/fields\/([a-z0-9_]+)$/)?.[1];
  const field = slot && document.getElementById(`field-${slot}`);
  (field && (one("[aria-invalid]", field) ?? field))?.focus();
});

const offline = one("#offline");
document.addEventListener("htmx:afterRequest", (event) => { offline.hidden = event.detail.successful || event.detail.xhr.status in { 409: 1, 422: 1 }; });
document.addEventListener("htmx:sendError", () => { offline.hidden = false; });

/* The first thing to do has the focus, so that Enter opens it. */
const first = one(".section-alerts .row-open") ?? one(".section-unsigned .row-open") ?? one(".section-promised .row-open");
if (one("#worklist") && document.activeElement === document.body) first?.focus({ preventScroll: true });

followPlayer();
