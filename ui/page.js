// What every piece of our HTML does with clicks, forms and folds. Gradio gives `element`, `trigger` and `watch`.
const open = new Set();
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// What a turn or a row offers is asked about its own data, and in the language wanted there, whatever is chosen by now.
function ask(detail, from) {
  document.body.dataset.view = "chat";
  const { of, model, language } = from.closest(".turn, [data-of]")?.dataset ?? {};
  trigger("ask", { ...detail, of, model, language });
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button, [data-query]");
  const row = event.target.closest("tr")?.querySelector("[data-query]");
  const target = button ?? row;
  if (!target || target.disabled) return;
  const { query, say, page, view, theme, copy, link, edit, pin, rate, goto, opens, export: format } = target.dataset;
  if (say) ask({ query, text: say }, target);
  if (page) trigger("browse", { page: Number(page) });
  if (view) document.body.dataset.view = view;
  if (theme !== undefined) keepTheme(document.body.classList.toggle("dark"));
  if (copy) take(target, copy);
  if (link) take(target, location.origin + location.pathname + link);
  if (edit) write(edit);
  if (pin) press(target, "pin", { key: pin });
  if (rate) thumb(target);
  if (goto) show(goto);
  if (opens) unfold(target, target.getAttribute("aria-expanded") !== "true");
  if (format) trigger("export", { format });
});

// Light or dark stays as it was chosen, where the browser lets a page keep something.
const THEME = "polylens-theme";
function keepTheme(dark) {
  try { localStorage.setItem(THEME, dark ? "dark" : "light"); } catch { /* until the page is left */ }
}
try {
  const theme = localStorage.getItem(THEME);
  if (theme) document.body.classList.toggle("dark", theme === "dark");
} catch { /* the system decides */ }

// Beside the buttons stands for a moment what was done; it is read aloud, too.
function done(target, text = target.dataset.done) {
  const said = target.closest(".actions")?.querySelector(".done");
  if (!said) return;
  said.textContent = text ?? "";
  clearTimeout(said.timer);
  said.timer = setTimeout(() => { said.textContent = ""; }, 2500);
}

// The clipboard is there on this machine and over https; elsewhere the old way works.
async function take(target, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  done(target);
}

function write(text) {
  const box = document.querySelector("#message textarea");
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, text);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

// What was pressed since the page was drawn: an update that was on its way then must not take it back.
const pressed = new Map();
const name = (button) => button.dataset.pin ? `pin ${button.dataset.pin}` : `${button.dataset.key} ${button.dataset.rate} ${button.dataset.way}`;

function mark(button, on) {
  button.setAttribute("aria-pressed", String(on));
  pressed.set(name(button), on);
}

// All that is pressed goes along, so that a quick press need not wait for the one before.
function keep(event, detail) {
  const pins = [], rated = {};
  for (const { dataset } of element.querySelectorAll("[aria-pressed=true]")) {
    if (dataset.pin) pins.push(dataset.pin);
    if (dataset.rate) (rated[dataset.key] ??= {})[dataset.rate] = Number(dataset.way);
  }
  trigger(event, { ...detail, pins, rated });
}

function press(button, event, detail) {
  mark(button, button.getAttribute("aria-pressed") !== "true");
  keep(event, detail);
}

function thumb(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  for (const other of button.closest(".axis").querySelectorAll("[data-rate]")) mark(other, on && other === button);
  const { key, to, rate, way } = button.dataset;
  keep("rate", { key, link: to, axis: rate, way: on ? Number(way) : 0 });
}

// What the server says of a rating: thanks; or it was refused, and then the thumbs are as before and a remark stays where it is.
function rated() {
  const { turn: key, axis, way, thanks } = element.querySelector("[data-turn]")?.dataset ?? {};
  const turn = document.getElementById(`turn-${key}`);
  if (!turn) return;
  if (thanks) done(turn.querySelector(".done"), thanks);
  if (thanks && !axis) turn.querySelector("[data-remark]")?.reset();
  if (thanks || !axis) return;
  for (const thumb of turn.querySelectorAll(`[data-rate="${CSS.escape(axis)}"]`)) {
    thumb.dispatchEvent(new CustomEvent("refused", { bubbles: true, detail: thumb.dataset.way === way }));
  }
}

element.addEventListener("refused", ({ target, detail }) => mark(target, detail));

// A part beneath the row of a turn's buttons; an update would close it, so it is remembered like a fold.
function unfold(button, on) {
  button.setAttribute("aria-expanded", String(on));
  document.getElementById(button.dataset.opens).hidden = !on;
  if (on) open.add(button.dataset.opens);
  else open.delete(button.dataset.opens);
}

function show(id) {
  document.body.dataset.view = "chat";
  const turn = document.getElementById(id);
  turn?.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "start" });
  turn?.setAttribute("tabindex", "-1");
  turn?.focus({ preventScroll: true });
}

// A file that the server made is saved once.
function save() {
  const file = element.querySelector("[data-file]");
  if (!file) return;
  const bytes = Uint8Array.from(atob(file.dataset.content), (letter) => letter.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes]));
  Object.assign(document.createElement("a"), { href: address, download: file.dataset.file }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  clearTimeout(file.timer);
  file.timer = setTimeout(() => { file.textContent = ""; }, 4000);
}

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const { remark, to } = event.target.dataset;
  if (remark) {
    const text = String(new FormData(event.target).get("remark") ?? "");
    if (text.trim()) keep("rate", { key: remark, link: to, remark: text });
    return;
  }
  ask({ query: String(new FormData(event.target).get("query") ?? "") }, event.target);
  event.target.reset();
  event.target.closest("details").open = false;
});

// An update rewrites attributes, which would close what the reader has opened.
element.addEventListener("toggle", ({ target }) => {
  const key = target.dataset.key + "@" + (target.closest(".turn")?.id ?? "");
  if (target.open) open.add(key);
  else open.delete(key);
}, true);

function reopen() {
  for (const fold of element.querySelectorAll("details[data-key]")) {
    if (open.has(fold.dataset.key + "@" + (fold.closest(".turn")?.id ?? ""))) fold.open = true;
  }
  for (const button of element.querySelectorAll("[data-opens]")) unfold(button, open.has(button.dataset.opens));
  for (const button of element.querySelectorAll("[aria-pressed]")) {
    if (pressed.has(name(button))) button.setAttribute("aria-pressed", String(pressed.get(name(button))));
  }
}

// A part of the address that was heeded, so that a reload does not heed it again.
function heeded(parameter) {
  const address = new URL(location.href);
  address.searchParams.delete(parameter);
  if (address.href !== location.href) history.replaceState(null, "", address);
}

// The page's language, which the browser keeps from now on.
function speak() {
  const { interface: language, direction } = element.querySelector("[data-interface]")?.dataset ?? {};
  if (!language) return;
  Object.assign(document.documentElement, { lang: language, dir: direction });
  heeded("lang");
}

// An error that lies over the conversation goes after a while, when it was read.
function fade() {
  const notice = element.querySelector("#toast .notice");
  if (notice) setTimeout(() => notice.remove(), 12_000);
}

// The conversation is a log: what is added is read aloud.
if (element.closest("#transcript")) {
  element.setAttribute("role", "log");
  element.setAttribute("aria-live", "polite");
}

// To a turn that is new: how many there are says nothing, since the oldest leave the page.
const ids = () => new Set([...element.querySelectorAll(".turn")].map((turn) => turn.id));
let seen = ids();
function follow() {
  const now = ids(), fresh = [...now].filter((id) => !seen.has(id));
  const last = [...element.querySelectorAll(".turn")].at(-1);
  seen = now;
  if (!fresh.includes(last?.id)) return;
  if (last.matches(".running")) document.body.dataset.view = "chat"; // asked in the panel
  last.scrollIntoView({ behavior: calm() || fresh.length > 1 ? "auto" : "smooth", block: "start" });
}

// Which of the two views of a narrow page is open is also said, not only coloured.
function views() {
  const open = document.body.dataset.view ?? "chat";
  for (const button of element.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === open));
}
new MutationObserver(views).observe(document.body, { attributeFilter: ["data-view"] });

watch("value", () => {
  reopen();
  views();
  if (element.querySelector(".from")) heeded("ask"); // a share link is asked once
  speak();
  save();
  rated();
  fade();
  follow();
});
