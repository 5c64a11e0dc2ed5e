// Makes the pages quicker; every page and every action works without it, as plain links and forms.
//   data-swap="#a #b"    a link, form, button or field whose answer replaces these parts of the page, not the whole
//   data-ahead           a form whose answer is mostly the question that a[data-next] fetched ahead: that is shown at once
//   data-poll="2"        a part that renews what its data-swap names every 2 s while it is there, from data-url if it has one
//   data-key="a Enter"   the keys that click or focus this; data-list: holds what j and k go through: data-walk, names of rows
//   data-auto            a form that is sent when a choice in it changes, or a moment after typing; "#a": a look ahead,
//                        only this part of the answer is shown
//   data-whole           a button whose form is sent in the plain way; data-keep: a tick that stays through a swap
//   data-drop            a form whose file field takes what is dropped on the page, one request for each file
//   data-dialog="#d"     opens a dialog instead of following the link
const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const typing = (element) => element.closest("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]");
const AHEAD = { headers: { "X-Ahead": "1" } };
const COUNT = "a[href='/review'][aria-current=page]";

async function load(url, options = {}) {
  const answer = await fetch(url, { ...options, headers: { "X-Swap": "1", ...options.headers } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (options === AHEAD && find(".alone-page", page)) throw Error("logged out");  // A log-in that nobody sees is none.
  return { url: answer.url, moved: answer.redirected, page };
}

// Put parts of an answered page in place; a log-in, an error and what has no place here are shown whole.
function place({ page }, selectors, { keep = false } = {}) {
  let parts = selectors.split(" ").filter((selector) => find(selector, page));
  if (!parts.length || find(".alone-page, .error", page)) parts = ["body"];
  const focused = document.activeElement?.id;
  const ticked = all("[data-keep]:checked").map((box) => box.id);
  const scrolls = all("[data-scroll]").map((element) => [element.id, element.scrollTop]);
  for (const field of all("[autofocus]", page)) { field.autofocus = false; field.dataset.focus = ""; }  // The browser must not try.
  for (const selector of parts) find(selector)?.replaceWith(document.adoptNode(find(selector, page)));
  const said = all("#toasts > *", page);
  if (said.length) find("#toasts").replaceChildren(...said);
  if (!keep) document.title = page.title;
  for (const [id, top] of scrolls) { const element = document.getElementById(id); if (element) element.scrollTop = top; }
  for (const id of ticked) { const box = document.getElementById(id); if (box) box.checked = true; }
  mark();
  const next = keep ? null : find("[data-focus]", find(parts[0]));
  if (next) {
    next.focus({ preventScroll: true });
    if (next.getBoundingClientRect().top < 48) scrollTo(0, 0);
  }
  else if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  watch();
}

// The list marks the question that is shown, whichever answer came last.
function mark() {
  const links = all("#list [data-walk]"), here = links.find((link) => link.pathname === location.pathname);
  if (!here) return;
  for (const link of links) link === here ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
  const list = find("#list"), row = here.getBoundingClientRect(), over = Math.max(0, row.bottom + row.height - innerHeight);
  list.scrollTop += over || Math.min(0, row.top - row.height - list.getBoundingClientRect().top);
}

function say(text) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = text;
  find("#toasts").replaceChildren(toast);
  watch();
}
const lost = () => say(find("#toasts").dataset.lost);

let latest = 0;
async function swap(element, selectors, url, options) {
  const turn = ++latest;
  element.setAttribute("aria-busy", "true");
  try {
    const answer = await (options ? load(url, options) : take(url) ?? load(url));
    // An answer that was overtaken is dropped, but never that to a decision.
    if (turn !== latest && !(options && selectors.includes("#work"))) return;
    if ((!options || answer.moved) && answer.url !== location.href) history.pushState({}, "", answer.url);
    place(answer, selectors);
  } catch { lost(); } finally { element.removeAttribute("aria-busy"); }
}

function request(form, button) {
  const data = new FormData(form, button);
  const action = button?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  if (form.method === "get") {
    const url = new URL(action, location.href);
    url.search = new URLSearchParams([...data].filter(([, value]) => value !== ""));
    return [url.href];
  }
  return [action, { method: "POST", body: form.enctype === "multipart/form-data" ? data : new URLSearchParams(data) }];
}

const send = (form, button, selectors) => swap(form, selectors ?? button?.dataset.swap ?? form.dataset.swap, ...request(form, button));

// What is typed is answered beside the field; what was overtaken by more typing is dropped.
async function peek(form, field) {
  const typed = field.value;
  try {
    const answer = await load(request(form)[0], AHEAD);
    if (field.value === typed) place(answer, form.dataset.auto, { keep: true });
  } catch { lost(); }
}

// The next question is fetched while this one is read.
let next = null;
function look() {
  const link = find("a[data-next]");
  if (!link || next?.url === link.href) return;
  const fetched = next = { url: link.href, at: Date.now(), answer: load(link.href, AHEAD) };
  fetched.answer.then((answer) => { fetched.ready = answer; }, () => { if (next === fetched) next = null; });
}
function take(url) {
  if (next?.url !== url || Date.now() - next.at > 30000) return null;
  const { answer } = next;
  next = null;
  return answer;
}

// Show the next question at once and send the decision behind it, one after the other; what was refused comes back.
let line = Promise.resolve();
const decided = new Set();
function decide(form, button) {
  const ahead = next?.ready, link = find("a[data-next]"), here = new URL(form.action).pathname.replace(/\/\w+$/, "");
  decided.add(here);
  if (!ahead || next.url !== link?.href || decided.has(link.pathname) || !take(link.href)) return line = line.then(() => send(form, button));
  const sent = request(form, button), from = location.href;
  const before = ["#work", "#context"].map((selector) => find(selector));
  latest += 1;
  history.pushState({}, "", ahead.url);
  place(ahead, "#work #list #context");
  line = line.then(async () => {
    try {
      const answer = await load(...sent);
      if (answer.moved) return place(answer, `#list #head ${COUNT}`, { keep: true });
      decided.delete(here);
      history.pushState({}, "", from);
      place(answer, "#work #list #context");
    } catch {
      decided.delete(here);
      history.pushState({}, "", from);
      for (const part of before) document.getElementById(part.id).replaceWith(part);
      mark();
      find("#who").focus();
      lost();
    }
  });
}

// Each file has its row at once, and a request and progress of its own.
function upload(form, file, row) {
  const data = new FormData();
  for (const [name, value] of new FormData(form)) if (!(value instanceof File)) data.append(name, value);
  data.append(find("input[type=file]", form).name, file);
  const request = new XMLHttpRequest(), bar = row.lastChild;
  request.open("POST", form.action);
  request.responseType = "document";
  request.setRequestHeader("X-Swap", "1");
  request.upload.onprogress = (event) => { bar.max = event.total; bar.value = event.loaded; };
  return new Promise((done) => {
    request.onloadend = () => {
      row.remove();
      if (request.response) place({ page: request.response }, form.dataset.swap, { keep: true });
      else lost();
      done();
    };
    request.send(data);
  });
}

async function uploadAll(form, files) {
  const rows = files.map((file) => {
    const row = document.createElement("p");
    row.append(file.name, document.createElement("progress"));
    find(".drop", form).append(row);
    return row;
  });
  for (const row of rows) await upload(form, files.shift(), row);
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) { event.preventDefault(); return find(opener.dataset.dialog)?.showModal(); }
  if (event.target.closest("[data-close]")) return event.target.closest("dialog")?.close();
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const link = event.target.closest("a[data-swap]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  swap(link, link.dataset.swap, link.href);
});

let pause;
document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (form.getAttribute("aria-busy")) return event.preventDefault();
  clearTimeout(pause);
  if (!form.dataset.swap || button?.hasAttribute("data-whole")) return;
  event.preventDefault();
  const field = form.matches("[data-drop]") ? find("input[type=file]", form) : null;
  if (field?.files.length) uploadAll(form, [...field.files]);
  else (form.hasAttribute("data-ahead") ? decide : send)(form, button);
});

document.addEventListener("input", (event) => {
  const { target } = event, form = target.closest("form[data-auto]");
  if (!form) return;
  clearTimeout(pause);
  pause = setTimeout(() => form.dataset.auto ? peek(form, target) : send(form, null, target.dataset.swap), target.type === "search" || target.type === "text" ? 250 : 0);
});

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) return target.form?.requestSubmit();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (key === "Escape") {
    const menus = all("details.menu[open]");
    for (const menu of menus) { menu.open = false; menu.firstElementChild.focus(); }
    if (!menus.length && typing(target)) (find("#who") ?? find("#main"))?.focus();
    if (location.hash === "#side") location.hash = "";
    return;
  }
  if (typing(target) || find("dialog[open]")) return;
  if (key === "j" || key === "k") return walk(key === "j" ? 1 : -1);
  const wanted = key === "x" ? "li:has(> [aria-current]) > input" : `[data-key~="${CSS.escape(key)}"]:not(:disabled)`;
  const element = event.repeat ? null : find(wanted);
  if (!element || (key === "Enter" && target.closest("a, button, summary, input"))) return;
  event.preventDefault();
  if (typing(element)) return element.focus();
  element.click();
  if (element.matches("details[open] > summary")) find("textarea, input:checked, input:not([type=hidden]), button", element.parentElement)?.focus();
});

function walk(step) {
  const stops = all("[data-list] :is([data-walk], th > a)");
  let at = stops.indexOf(document.activeElement);
  if (at < 0) at = stops.findIndex((stop) => stop.getAttribute("aria-current"));
  const stop = stops[Math.min(stops.length - 1, Math.max(0, at + step))];
  stop?.focus();
  if (stop?.dataset.swap && stop !== stops[at]) stop.click();
}

for (const kind of ["dragover", "drop", "dragleave"]) document.addEventListener(kind, (event) => {
  const form = find("form[data-drop]");
  if (!form || (kind !== "dragleave" && !event.dataTransfer.types.includes("Files"))) return;
  if (kind !== "dragleave") event.preventDefault();
  find(".drop", form)?.classList.toggle("over", kind === "dragover");
  if (kind === "drop") uploadAll(form, [...event.dataTransfer.files]);
});

function watch() {
  for (const part of all("[data-poll]:not([data-watched])")) {
    part.dataset.watched = "1";
    setTimeout(async () => {
      if (!part.isConnected) return;
      delete part.dataset.watched;
      const busy = document.hidden || (part.contains(document.activeElement) && typing(document.activeElement));
      if (!busy) try {
        const answer = await load(part.dataset.url ?? location.href, { headers: { "X-Poll": "1" } });
        if (part.isConnected) place(answer, part.dataset.swap, { keep: true });
      } catch { /* The next round tries again. */ }
      if (part.isConnected) watch();
    }, 1000 * part.dataset.poll);
  }
  for (const toast of all(".toast:not([data-watched])")) { toast.dataset.watched = "1"; setTimeout(() => toast.remove(), 8000); }
  look();
}

addEventListener("popstate", () => location.reload());
watch();
