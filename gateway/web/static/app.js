// Makes the pages quicker; every page and every action works without it, as plain links and forms.
//   data-swap="#a #b"    a link or form whose answer replaces these parts of the page instead of the whole page
//   data-poll="2"        a part (with an id) that reloads itself every 2 s while it is there
//   data-key="a Enter"   the keys that click or focus this; data-list: a list whose links j and k walk through
//   data-auto            a form that is sent when a choice in it changes, or a moment after typing
//   data-whole           a button whose form is sent in the plain way; data-keep: a tick that stays through a swap
//   data-drop            a form whose file field takes what is dropped on the page, one request for each file
//   data-dialog="#d"     opens a dialog instead of following the link
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const typing = (element) => element.closest("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]");

async function load(url, options = {}) {
  const answer = await fetch(url, { ...options, headers: { "X-Swap": "1", ...options.headers } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { url: answer.url, moved: answer.redirected, page };
}

// Put parts of an answered page in place; what has no place here is opened as a page of its own.
function place({ url, page }, selectors, { keep = false } = {}) {
  const parts = selectors.split(" ").filter((selector) => page.querySelector(selector));
  if (!parts.length || page.querySelector("main.alone-page")) return location.assign(url);
  const focused = document.activeElement?.id || null;
  const ticked = all("[data-keep]:checked").map((box) => box.id);
  const scrolls = all("[data-scroll]").map((element) => [element.id, element.scrollTop]);
  for (const selector of [...parts, "#toasts"]) {
    const fresh = page.querySelector(selector);
    if (fresh) document.querySelector(selector)?.replaceWith(document.adoptNode(fresh));
  }
  if (!keep) document.title = page.title;
  for (const [id, top] of scrolls) { const element = document.getElementById(id); if (element) element.scrollTop = top; }
  for (const id of ticked) { const box = document.getElementById(id); if (box) box.checked = true; }
  const next = all("[autofocus]", document.querySelector(parts[0]))[0] ?? (focused && document.getElementById(focused));
  next?.focus({ preventScroll: true });
  watch();
}

async function swap(element, url, options) {
  element.setAttribute("aria-busy", "true");
  try {
    const answer = await load(url, options);
    if ((!options || answer.moved) && answer.url !== location.href) history.pushState({}, "", answer.url);
    place(answer, element.dataset.swap);
  } catch { options ? element.submit() : location.assign(url); }
  element.removeAttribute("aria-busy");
}

function send(form, button) {
  const data = new FormData(form, button);
  const action = button?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  if (form.method === "get") {
    const url = new URL(action, location.href);
    url.search = new URLSearchParams([...data].filter(([, value]) => value !== ""));
    return swap(form, url.href);
  }
  const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
  return swap(form, action, { method: "POST", body });
}

// Each file in a request of its own, so that each has its progress and none waits for the slowest.
function upload(form, file) {
  const data = new FormData();
  for (const [name, value] of new FormData(form)) if (!(value instanceof File)) data.append(name, value);
  const field = form.querySelector("input[type=file]");
  data.append(field.name, file);
  const line = document.createElement("p"), bar = document.createElement("progress");
  line.append(file.name, bar);
  form.append(line);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.setRequestHeader("X-Swap", "1");
  request.upload.onprogress = (event) => { bar.max = event.total; bar.value = event.loaded; };
  return new Promise((done) => {
    request.onloadend = () => {
      line.remove();
      if (request.response) place({ url: request.responseURL, page: request.response }, form.dataset.swap, { keep: true });
      done();
    };
    request.send(data);
  });
}

async function uploadAll(form, files) {
  for (const file of files) await upload(document.getElementById(form.id) ?? form, file);
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) { event.preventDefault(); return document.querySelector(opener.dataset.dialog)?.showModal(); }
  if (event.target.closest("[data-close]")) return event.target.closest("dialog")?.close();
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const link = event.target.closest("a[data-swap]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  swap(link, link.href);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("aria-busy") && !event.submitter) return event.preventDefault();
  if (!form.dataset.swap || event.submitter?.hasAttribute("data-whole")) return;
  event.preventDefault();
  const field = form.matches("[data-drop]") ? form.querySelector("input[type=file]") : null;
  if (field?.files.length) uploadAll(form, [...field.files]); else send(form, event.submitter);
});

let pause;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (!form) return;
  clearTimeout(pause);
  pause = setTimeout(() => form.requestSubmit(), event.target.type === "search" || event.target.type === "text" ? 250 : 0);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    for (const menu of all("details.menu[open]")) { menu.open = false; menu.firstElementChild.focus(); }
    if (typing(event.target)) event.target.blur();
    if (location.hash === "#side") location.hash = "";
    return;
  }
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") return walk(event.key === "j" ? 1 : -1);
  const target = document.querySelector(`[data-key~="${CSS.escape(event.key)}"]:not(:disabled)`);
  if (!target || (event.key === "Enter" && event.target.closest("a, button, summary"))) return;
  event.preventDefault();
  typing(target) ? target.focus() : target.click();
});

function walk(step) {
  const links = all("[data-list] a[href]");
  const at = links.findIndex((link) => link === document.activeElement || link.getAttribute("aria-current") === "true");
  const next = links[Math.min(links.length - 1, Math.max(0, at + step))];
  next?.focus();
  if (next?.dataset.swap && next !== links[at]) next.click();
}

for (const kind of ["dragover", "drop", "dragleave"]) document.addEventListener(kind, (event) => {
  const form = document.querySelector("form[data-drop]");
  if (!form || (kind !== "dragleave" && !event.dataTransfer.types.includes("Files"))) return;
  if (kind !== "dragleave") event.preventDefault();
  form.querySelector(".drop")?.classList.toggle("over", kind === "dragover");
  if (kind === "drop") uploadAll(form, [...event.dataTransfer.files]);
});

function watch() {
  for (const part of all("[data-poll]:not([data-watched])")) {
    part.dataset.watched = "1";
    setTimeout(async () => {
      if (!part.isConnected) return;
      delete part.dataset.watched;
      const busy = document.hidden || (part.contains(document.activeElement) && typing(document.activeElement));
      if (!busy) try { place(await load(location.href, { headers: { "X-Poll": "1" } }), `#${part.id}`, { keep: true }); } catch { /* The next round tries again. */ }
      if (part.isConnected) watch();
    }, 1000 * part.dataset.poll);
  }
  for (const toast of all(".toast:not([data-watched])")) { toast.dataset.watched = "1"; setTimeout(() => toast.remove(), 8000); }
}

addEventListener("popstate", () => location.reload());
watch();
