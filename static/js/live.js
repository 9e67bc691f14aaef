// Keep the live page up to date: poll the site's state and replace the parts that changed.
const live = document.querySelector("[data-live]");
const stage = live.querySelector("[data-part=stage]");
const beside = live.querySelector("[data-beside]");
const pace = () => Number(live.dataset.pace || 1) * 1000;
const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * pace()));
let timer, isPolling, siteClock;
let seconds = Number(live.dataset.seconds);
let failures = 0;
let shownSearch = location.search;
let lastLoad = 0;
let roomChanges = 0;
const isPaused = eim.offerPause(() => poll());

// The site's time in milliseconds: a device's clock may be hours wrong.
const now = () => siteClock.site + performance.now() - siteClock.read;

function setClock(response, ahead) {
  const sent = Date.parse(response.headers.get("Date")) || Date.now();
  const age = Number(response.headers.get("Age")) || 0;
  siteClock = { site: sent + (age + ahead) * 1000, read: performance.now() };
}

function countdownText(words, minutes) {
  if (minutes >= 48 * 60) return words.days.replace("{n}", Math.floor(minutes / 1440));
  if (minutes >= 60 && minutes < 120) return words.hour.replace("{m}", minutes % 60);
  if (minutes >= 120)
    return words.hours.replace("{h}", Math.floor(minutes / 60)).replace("{m}", minutes % 60);
  if (minutes > 1) return words.minutes.replace("{n}", minutes);
  return minutes === 1 ? words.minute : words.zero;
}

function updateCountdowns() {
  if (!siteClock) return;
  for (const place of live.querySelectorAll("[data-countdown]")) {
    const words = countdownText(
      place.dataset,
      Math.ceil((Date.parse(place.dataset.countdown) - now()) / 60000),
    );
    if (place.textContent !== words) place.textContent = words;
  }
}

// Ask for the site's state; after a failure the next poll comes later.
async function poll() {
  if (isPolling || isPaused()) return;
  clearTimeout(timer);
  isPolling = true;
  try {
    const response = await eim.fetchInTime(live.dataset.stateUrl);
    if (!response.ok) throw new Error(response.status);
    const reply = await response.json();
    setClock(response, reply.ahead);
    updateCountdowns();
    seconds = reply.seconds;
    if (reply.state !== live.dataset.state) {
      // Another server process may still have the old page cached for a second; and a random delay
      // keeps all open pages from asking in the same moment.
      await sleep(1.2 + 2 * Math.random());
      await refresh(reply.state);
    }
    failures = 0;
  } catch {
    failures += 1;
  }
  isPolling = false;
  schedulePoll();
}

function schedulePoll() {
  const delay = Math.min(seconds * 2 ** failures, 300) * (1 + Math.random() / 3);
  if (!document.hidden && !isPaused()) timer = setTimeout(poll, delay * pace());
}

async function refresh(state) {
  // A room that the visitor has just chosen comes first; the next poll tries again.
  if (roomChanges || isPaused()) return;
  const address = new URL(location.href);
  // While a player runs, the page stays in its room.
  if (stage.querySelector("iframe")) address.searchParams.set("room", live.dataset.room);
  address.searchParams.set("state", state);
  const fresh = await load(address);
  if (fresh) replaceParts(fresh);
}

// Return the live part of a page; false if another page was asked for meanwhile.
async function load(address) {
  lastLoad += 1;
  const thisLoad = lastLoad;
  const response = await eim.fetchInTime(address);
  if (!response.ok) throw new Error(response.status);
  const text = await response.text();
  return (
    thisLoad === lastLoad &&
    new DOMParser().parseFromString(text, "text/html").querySelector("[data-live]")
  );
}

function replaceParts(fresh) {
  const frame = stage.querySelector("iframe");
  const isRunning = frame !== null;
  const top = frame?.getBoundingClientRect().top;
  const newSentences = newsIn(fresh);
  for (const name of ["state", "room"]) live.dataset[name] = fresh.dataset[name];
  live.querySelector("[data-frame]").className = fresh.querySelector("[data-frame]").className;
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const place = live.querySelector(`[data-part=${part.dataset.part}]`);
    if (place === stage && isRunning) showBeside(part);
    else if (place === stage || place.innerHTML !== part.innerHTML) replacePart(place, part);
  }
  if (!isRunning) beside.replaceChildren();
  updateCountdowns();
  if (isRunning) keepInPlace(frame, top);
  live.querySelector("[role=status]").textContent = newSentences.join(" ");
}

// Scroll so that a running player stays where it was, if it is in view: the heading above it changes.
function keepInPlace(frame, top) {
  const { top: newTop, bottom } = frame.getBoundingClientRect();
  if (bottom > 0 && top < innerHeight) scrollBy({ top: newTop - top, behavior: "instant" });
}

// Return the sentences that were not true before. That a session is on time is new only if it was late.
function newsIn(fresh) {
  const words = (item) => item.textContent.trim();
  const old = [...live.querySelectorAll("[data-news] li")];
  const wasLate = (session) => old.some((item) => item.dataset.late === session);
  return [...fresh.querySelectorAll("[data-news] li")]
    .filter(({ dataset: { onTime } }) => !onTime || wasLate(onTime))
    .map(words)
    .filter((sentence) => !old.map(words).includes(sentence));
}

// Never touch a running player: what the site now shows in its place goes below it.
function showBeside(part) {
  const isSame = part.dataset.key === stage.dataset.key;
  const title = part.querySelector("[data-title]")?.dataset.title;
  const frame = stage.querySelector("#player iframe");
  if (isSame && title && frame) frame.title = title;
  part.querySelector("#player")?.removeAttribute("id");
  beside.replaceChildren(...(isSame ? [] : part.childNodes));
  beside.dataset.key = part.dataset.key;
  beside.dispatchEvent(new CustomEvent("part-changed", { bubbles: true }));
}

function replacePart(place, part) {
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
  // Put the stars back first: the focus may have been on one.
  eim.decorate();
  if (focus)
    focusOn(
      [...place.querySelectorAll("a, button, input")].find((one) => nameOf(one) === focus) ||
        // The stage has no box of its own on wide screens, and so takes no focus.
        (place === stage ? live.querySelector("[data-part=head]") : place),
    );
}

const nameOf = (element) => element.href || element.dataset.way || element.textContent.trim();

function focusOn(element) {
  if (element.matches("[data-part]")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

// Show another room without leaving the page. A player that ran goes on there if the provider is
// the same.
async function openRoom(address) {
  const frame = stage.querySelector("#player iframe");
  const captions = stage.querySelector("[data-captions] iframe");
  let fresh;
  roomChanges += 1;
  try {
    fresh = await load(address);
  } catch {
    location.assign(address);
  }
  roomChanges -= 1;
  if (!fresh) return;
  const language = captions?.closest("[data-captions]").dataset.captions;
  for (const one of stage.querySelectorAll("iframe")) one.remove();
  replaceParts(fresh);
  playOn(captions, `[data-captions="${language}"]`);
  playOn(frame, "[data-stage]");
  focusOn(live.querySelector("[data-part=head]"));
}

// Play on where a player ran before, if the provider is the same.
function playOn(before, place) {
  const button = stage.querySelector(`${place} .player-box button`);
  if (before && button?.dataset.embed && hostOf(button.dataset.embed) === hostOf(before.src))
    button.click();
}

live.addEventListener("click", (event) => {
  const link = event.target.closest("[data-room-link]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  shownSearch = location.search;
  openRoom(link.href);
});
// Move the player from below into its place before player.js starts it there.
beside.addEventListener("click", (event) => {
  if (!event.target.closest(".player-box button")) return;
  stage.dataset.key = beside.dataset.key;
  stage.replaceChildren(...beside.childNodes);
});
window.addEventListener("popstate", () => {
  if (location.search !== shownSearch) openRoom(location.href);
  shownSearch = location.search;
});
document.addEventListener("visibilitychange", () =>
  document.hidden ? clearTimeout(timer) : poll(),
);
setInterval(() => isPaused() || updateCountdowns(), 1000);
updateCountdowns();
// A page just loaded is up to date: poll at once only if a countdown needs the site's clock.
if (live.querySelector("[data-countdown]")) poll();
else schedulePoll();
