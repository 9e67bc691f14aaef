// The live page follows the programme: it asks for the site's state, and takes its own parts anew when that is another.
const live = document.querySelector("[data-live]");
const stage = live.querySelector("[data-part=stage]");
const beside = live.querySelector("[data-beside]");
const pace = () => Number(live.dataset.pace || 1) * 1000;
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * pace()));
let timer, isAsking, clock;
let seconds = 8;
let failures = 0;
let shown = location.search;
let latest = 0;
let going = 0;

// The time of the site: a device's clock may be hours wrong.
const now = () => clock.site + performance.now() - clock.read;

function setClock(answer, ahead) {
  const sent = Date.parse(answer.headers.get("Date")) || Date.now();
  const age = Number(answer.headers.get("Age")) || 0;
  clock = { site: sent + (age + ahead) * 1000, read: performance.now() };
}

function toGo(words, minutes) {
  if (minutes >= 48 * 60) return words.days.replace("{n}", Math.floor(minutes / 1440));
  if (minutes >= 60 && minutes < 120) return words.hour.replace("{m}", minutes % 60);
  if (minutes >= 120) return words.hours.replace("{h}", Math.floor(minutes / 60)).replace("{m}", minutes % 60);
  if (minutes > 1) return words.minutes.replace("{n}", minutes);
  return minutes === 1 ? words.minute : words.zero;
}

function tick() {
  if (!clock) return;
  for (const place of live.querySelectorAll("[data-countdown]")) {
    const words = toGo(place.dataset, Math.ceil((Date.parse(place.dataset.countdown) - now()) / 60000));
    if (place.textContent !== words) place.textContent = words;
  }
}

function prepareParts() {
  live.querySelectorAll("[data-with-script]").forEach((words) => (words.hidden = false));
  tick();
}

// Everybody asks at another moment, and again later if the site does not answer.
async function ask() {
  if (isAsking) return;
  clearTimeout(timer);
  isAsking = true;
  try {
    const answer = await fetch(live.dataset.stateUrl);
    if (!answer.ok) throw new Error(answer.status);
    const said = await answer.json();
    setClock(answer, said.ahead);
    tick();
    seconds = said.seconds;
    if (said.state !== live.dataset.state) {
      // A process may show for a second what was; and nobody should ask in the same moment as all others.
      await pause(1.2 + 2 * Math.random());
      await renew(said.state);
    }
    failures = 0;
  } catch {
    failures += 1;
  }
  isAsking = false;
  wait();
}

function wait() {
  const delay = Math.min(seconds * 2 ** failures, 300) * (1 + Math.random() / 3);
  if (!document.hidden) timer = setTimeout(ask, delay * pace());
}

async function renew(state) {
  // Whoever has just chosen a room gets that first; the next answer asks for this again.
  if (going) return;
  const address = new URL(location.href);
  // Whoever watches a room stays in it.
  if (stage.querySelector("iframe")) address.searchParams.set("room", live.dataset.room);
  address.searchParams.set("state", state);
  const fresh = await load(address);
  if (fresh) take(fresh);
}

// Nothing if meanwhile something else was asked for.
async function load(address) {
  const turn = (latest += 1);
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.status);
  const text = await answer.text();
  return turn === latest && new DOMParser().parseFromString(text, "text/html").querySelector("[data-live]");
}

function take(fresh) {
  const isRunning = stage.querySelector("iframe") !== null;
  const old = news(live);
  const fresher = news(fresh).filter((sentence) => !old.includes(sentence));
  for (const name of ["state", "room"]) live.dataset[name] = fresh.dataset[name];
  live.querySelector("[data-frame]").className = fresh.querySelector("[data-frame]").className;
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const place = live.querySelector(`[data-part=${part.dataset.part}]`);
    if (place === stage && isRunning) putBeside(part);
    else if (place === stage || place.innerHTML !== part.innerHTML) exchange(place, part);
  }
  if (!isRunning) beside.replaceChildren();
  prepareParts();
  live.querySelector("[role=status]").textContent = fresher.join(" ");
}

const news = (root) => [...root.querySelectorAll("[data-news] li")].map((item) => item.textContent.trim());

// A player that runs is not touched; what the site has in its place now stands below it.
function putBeside(part) {
  const isSame = part.dataset.key === stage.dataset.key;
  const title = part.querySelector("[data-title]")?.dataset.title;
  if (isSame && title) stage.querySelector("iframe").title = title;
  part.querySelector("#player")?.removeAttribute("id");
  beside.replaceChildren(...(isSame ? [] : part.childNodes));
  beside.dataset.key = part.dataset.key;
  beside.dispatchEvent(new CustomEvent("part-changed", { bubbles: true }));
}

function exchange(place, part) {
  const focus = place.contains(document.activeElement) && nameOf(document.activeElement);
  const way = place.querySelector("[data-way]:checked")?.dataset.way;
  place.replaceChildren(...part.childNodes);
  if (part.dataset.key !== undefined) place.dataset.key = part.dataset.key;
  place.dispatchEvent(new CustomEvent("part-changed", { bubbles: true }));
  const same = way && place.querySelector(`[data-way="${way}"]:not(:checked)`);
  if (same) {
    same.checked = true;
    same.dispatchEvent(new Event("change", { bubbles: true }));
  }
  // A star may have had the focus: it comes back before the next line looks for it.
  eim.freshen();
  if (focus) focusOn([...place.querySelectorAll("a, button, input")].find((one) => nameOf(one) === focus) || place);
}

const nameOf = (element) => element.href || element.dataset.way || element.textContent.trim();

function focusOn(element) {
  if (element.matches("[data-part]")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

// To another room without leaving the page: who was watching watches on, if it comes from the same provider.
async function goTo(address) {
  const frame = stage.querySelector("iframe");
  let fresh;
  going += 1;
  try {
    fresh = await load(address);
  } catch {
    location.assign(address);
  }
  going -= 1;
  if (!fresh) return;
  frame?.remove();
  take(fresh);
  const button = stage.querySelector(".player-box button");
  if (frame && button?.dataset.embed && hostOf(button.dataset.embed) === hostOf(frame.src)) button.click();
  focusOn(live.querySelector("[data-part=head]"));
}

live.addEventListener("click", (event) => {
  const link = event.target.closest("[data-room-link]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  shown = location.search;
  goTo(link.href);
});
// What waits beside comes into the middle before player.js plays it there.
beside.addEventListener("click", (event) => {
  if (!event.target.closest(".player-box button")) return;
  stage.dataset.key = beside.dataset.key;
  stage.replaceChildren(...beside.childNodes);
});
window.addEventListener("popstate", () => {
  if (location.search !== shown) goTo(location.href);
  shown = location.search;
});
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));
setInterval(tick, 1000);
prepareParts();
// A page that has just come is new; only what counts down needs the site's clock at once.
if (live.querySelector("[data-countdown]")) ask();
else wait();
