// What every piece of our HTML does with clicks, forms and folds. Gradio gives `element`, `trigger` and `watch`.
const open = new Set();
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function ask(detail) {
  document.body.dataset.view = "chat";
  trigger("ask", detail);
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button, [data-query]");
  const row = event.target.closest("tr")?.querySelector("[data-query]");
  const target = button ?? row;
  if (!target || target.disabled) return;
  const { query, say, page, view, theme } = target.dataset;
  if (say) ask({ query, text: say });
  if (page) trigger("browse", { page: Number(page) });
  if (view) document.body.dataset.view = view;
  if (theme !== undefined) document.body.classList.toggle("dark");
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  ask({ query: String(new FormData(event.target).get("query") ?? "") });
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
}

// The conversation is a log: what is added is read aloud.
if (element.closest("#transcript")) {
  element.setAttribute("role", "log");
  element.setAttribute("aria-live", "polite");
}

let turns = element.querySelectorAll(".turn").length;
function follow() {
  const found = element.querySelectorAll(".turn");
  const more = found.length - turns;
  turns = found.length;
  if (more < 1) return;
  const behavior = calm() || more > 1 ? "auto" : "smooth";
  found[found.length - 1].scrollIntoView({ behavior, block: "start" });
}

watch("value", () => {
  reopen();
  follow();
  const language = element.querySelector("[data-interface]")?.dataset.interface;
  if (language) document.documentElement.lang = language;
});
