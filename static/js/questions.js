// The moderators' list: renews itself, and sends its buttons without leaving its place.
const form = document.querySelector("form[data-renew]");
const SECONDS = Number(form.dataset.renew);
const LONGEST = 60;
let wait = SECONDS;
let latest = 0;
let sending = 0;
let timer;

// Rows that are the same stay the same nodes: who has a finger or the focus on one keeps it.
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

// What was at the top of the window, or has the focus, stays where it was.
function held() {
  const rows = [...form.querySelectorAll("[data-rows] > li")];
  const focused = document.activeElement.closest?.("[data-rows] > li");
  return focused || rows.find((row) => row.getBoundingClientRect().bottom > 0);
}

// The button of the row that came into its place, or the heading where none did.
function refocus(list, place) {
  const row = list.children[Math.min(place, list.children.length - 1)];
  const heading = list.parentElement.querySelector("h2, summary");
  (row?.querySelector("button") || heading).focus({ preventScroll: true });
}

function show(page) {
  const row = held();
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
  const mine = ++latest;
  const response = await eim.fetchInTime(form.action, request);
  if (response.status === 410) return window.location.reload();
  if (response.status >= 500) throw new Error(response.status);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (mine === latest) show(page);
}

async function attempt(request) {
  try {
    await load(request);
    wait = SECONDS;
  } catch {
    wait = Math.min(2 * wait, LONGEST);
  }
  document.getElementById("offline").hidden = wait === SECONDS;
  plan();
}

// Not all telephones at the same moment.
function plan() {
  clearTimeout(timer);
  timer = setTimeout(renew, wait * (750 + 500 * Math.random()));
}

function renew() {
  const isAtWork = sending || document.hidden || form.querySelector("button:active");
  if (isAtWork) plan();
  else attempt({});
}

async function send(event) {
  const button = event.submitter;
  if (!button) return; // An old browser: the page itself is sent.
  event.preventDefault();
  const body = new FormData(form);
  body.append(button.name, button.value);
  sending += 1;
  await attempt({ method: "POST", body });
  sending -= 1;
}

form.addEventListener("submit", send);
document.addEventListener("visibilitychange", () => document.hidden || renew());
document.getElementById("by-itself").hidden = false;
plan();
