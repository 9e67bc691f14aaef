// Renew the moderators' list of questions and send its buttons, without reloading the page.
const form = document.querySelector("form[data-renew]");
const SECONDS = Number(form.dataset.renew);
const LONGEST = 60;
let wait = SECONDS;
let lastLoad = 0;
let sending = 0;
let timer;
const isPaused = eim.offerPause(() => renew());

// Leave unchanged rows in the document: a finger or the focus may be on one.
function renewRows(list, fresh) {
  const rows = new Map([...list.children].map((row) => [row.id, row]));
  const wanted = [...fresh.children].map((row) => {
    const kept = rows.get(row.id);
    return kept?.outerHTML === row.outerHTML ? kept : row;
  });
  for (const row of rows.values()) if (!wanted.includes(row)) row.remove();
  wanted.forEach((row, n) => {
    if (list.children[n] !== row) list.insertBefore(row, list.children[n] || null);
  });
}

// Return the row that must not move in the window: the focused one, else the topmost.
function anchorRow() {
  const rows = [...form.querySelectorAll("[data-rows] > li")];
  const focused = document.activeElement.closest?.("[data-rows] > li");
  return focused || rows.find((row) => row.getBoundingClientRect().bottom > 0);
}

// Focus the button of the row now at that place, or the heading if the list is empty.
function refocus(list, place) {
  const row = list.children[Math.min(place, list.children.length - 1)];
  const heading = list.parentElement.querySelector("h2, summary");
  (row?.querySelector("button") || heading).focus({ preventScroll: true });
}

function show(page) {
  const row = anchorRow();
  const top = row?.getBoundingClientRect().top;
  const focused = document.activeElement.closest?.("[data-rows] > li");
  const list = focused?.parentElement;
  const place = focused ? [...list.children].indexOf(focused) : 0;
  for (const part of form.querySelectorAll("[data-whole], [data-rows]")) {
    const fresh = page.getElementById(part.id);
    if (part.matches("[data-rows]")) renewRows(part, fresh);
    else if (part.innerHTML !== fresh.innerHTML) part.innerHTML = fresh.innerHTML;
  }
  const now = row && document.getElementById(row.id);
  if (focused && !list.contains(focused)) refocus(list, place);
  else if (now) window.scrollBy(0, now.getBoundingClientRect().top - top);
}

async function load(request) {
  const thisLoad = ++lastLoad;
  const response = await eim.fetchInTime(form.action, request);
  if (response.status === 410) return window.location.reload();
  if (response.status >= 500) throw new Error(response.status);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (thisLoad === lastLoad) show(page);
}

async function attempt(request) {
  try {
    await load(request);
    wait = SECONDS;
  } catch {
    wait = Math.min(2 * wait, LONGEST);
  }
  document.getElementById("offline").hidden = wait === SECONDS;
  schedule();
}

// Schedule the next renewal, at a random moment so that not all phones ask at once.
function schedule() {
  clearTimeout(timer);
  if (!isPaused()) timer = setTimeout(renew, wait * (750 + 500 * Math.random()));
}

function renew() {
  const isAtWork = sending || document.hidden || isPaused() || form.querySelector("button:active");
  if (isAtWork) schedule();
  else attempt({});
}

async function send(event) {
  const button = event.submitter;
  if (!button) return; // An old browser: it submits the form itself.
  event.preventDefault();
  // Not as multipart, which forms without files refuse.
  const body = new URLSearchParams(new FormData(form));
  body.append(button.name, button.value);
  sending += 1;
  await attempt({ method: "POST", body });
  sending -= 1;
}

form.addEventListener("submit", send);
document.addEventListener("visibilitychange", () => document.hidden || renew());
schedule();
