// Drag cards of the board to another room, hour or out of the table; a drop sends the form of the card's page.
const board = document.querySelector(".board");
const table = board?.querySelector(".board-grid");
const drop = board?.querySelector(".board-drop");
const FAR = 6;
const EDGE = 40;
let drag = null;

// Return the row and the column below a point; of a cell of several rows, the row at that height.
function targetAt(x, y, top) {
  const below = document.elementFromPoint(x, y);
  if (below?.closest("[data-unplaced]")) return { isOff: true, cell: below.closest("section") };
  const cell = below?.closest("td[data-room]");
  const row = [...table.tBodies[0].rows].find((one) => {
    const box = one.getBoundingClientRect();
    return box.top <= top && top < box.bottom;
  });
  if (!cell || !row || !table.contains(cell)) return null;
  return { cell, row, room: cell.dataset.room, day: row.dataset.day, at: row.dataset.at };
}

function nameOf(cell) {
  const index = [...table.querySelectorAll("[data-column]")].indexOf(cell);
  if (index < 0) return "";
  const codes = [
    ...new Set([...table.querySelectorAll("[data-column]")].map((c) => c.dataset.column)),
  ];
  const heads = table.tHead.rows[0].cells;
  return heads[codes.indexOf(cell.dataset.column) + 1].textContent.trim();
}

function begin(event) {
  const card = event.target.closest(".card");
  const isGrip = event.target.closest(".grip");
  // A finger scrolls: it drags by the grip alone.
  if (!card || event.button !== 0 || (event.pointerType !== "mouse" && !isGrip)) return;
  const box = card.getBoundingClientRect();
  const held = { x: event.clientX - box.left, y: event.clientY - box.top };
  drag = { card, held, from: { x: event.clientX, y: event.clientY }, pointer: event.pointerId };
  if (isGrip) event.preventDefault();
}

function lift() {
  const { card } = drag;
  drag.ghost = card.cloneNode(true);
  drag.ghost.className += " is-ghost";
  drag.ghost.removeAttribute("href");
  drag.ghost.setAttribute("aria-hidden", "true");
  drag.ghost.style.width = `${card.offsetWidth}px`;
  drag.word = document.createElement("p");
  drag.word.className = "drop-words";
  document.body.append(drag.ghost, drag.word);
  card.classList.add("is-lifted");
  document.documentElement.classList.add("is-dragging");
}

function move(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  const { clientX: x, clientY: y } = event;
  if (!drag.ghost && Math.hypot(x - drag.from.x, y - drag.from.y) < FAR) return;
  if (!drag.ghost) lift();
  event.preventDefault();
  const top = Math.max(y - drag.held.y, 0) + 1;
  drag.ghost.style.transform = `translate(${x - drag.held.x}px, ${y - drag.held.y}px)`;
  scrollNear(x, y);
  show(targetAt(x, y, Math.min(top, y)));
  drag.word.style.transform = `translate(${x + 12}px, ${y + 16}px)`;
}

// Say where the card would be dropped, and mark it.
function show(target) {
  board.querySelector(".is-target")?.classList.remove("is-target");
  const isElsewhere = target && !target.isOff && "isElsewhere" in drag.card.dataset;
  drag.target = isElsewhere ? null : target;
  drag.word.hidden = !drag.target;
  if (!drag.target) return;
  const words = target.isOff ? drop.dataset.takesOff : drop.dataset.takes;
  drag.word.textContent = words
    .replace("{hour}", target.at)
    .replace("{room}", target.isOff ? "" : nameOf(target.cell));
  (target.isOff ? target.cell : target.row).classList.add("is-target");
}

function scrollNear(x, y) {
  const wide = table.closest(".wide");
  const box = wide.getBoundingClientRect();
  if (x > box.right - EDGE) wide.scrollLeft += 12;
  else if (x < box.left + EDGE) wide.scrollLeft -= 12;
  if (y > Math.min(box.bottom, window.innerHeight) - EDGE) wide.scrollTop += 12;
  else if (y < box.top + EDGE) wide.scrollTop -= 12;
}

function end(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  const { ghost, target, card } = drag;
  const isDropped = ghost && target && event.type === "pointerup";
  stop();
  if (isDropped) send(card, target);
}

function stop() {
  if (!drag) return;
  const { card } = drag;
  if (drag.ghost) {
    // The click that follows would open the card's page.
    const quiet = (click) => click.preventDefault();
    card.addEventListener("click", quiet, { once: true });
    setTimeout(() => card.removeEventListener("click", quiet));
  }
  for (const part of [drag.ghost, drag.word]) part?.remove();
  card.classList.remove("is-lifted");
  document.documentElement.classList.remove("is-dragging");
  board.querySelector(".is-target")?.classList.remove("is-target");
  drag = null;
}

function send(card, target) {
  const values = {
    day: target.isOff ? "" : target.day,
    starts: target.isOff ? "" : target.at,
    room: target.isOff ? "" : target.room,
    minutes: card.dataset.minutes,
    seen: card.dataset.seen,
  };
  for (const [name, value] of Object.entries(values)) drop.elements[name].value = value;
  drop.action = card.href;
  drop.submit();
}

// Add what only fingers need, who would scroll the page otherwise.
function addGrips() {
  for (const card of board.querySelectorAll(".card")) {
    const grip = document.createElement("span");
    grip.className = "grip";
    grip.setAttribute("aria-hidden", "true");
    card.append(grip);
  }
}

if (table && drop) {
  addGrips();
  board.addEventListener("pointerdown", begin);
  board.addEventListener("dragstart", (event) => event.preventDefault());
  window.addEventListener("pointermove", move, { passive: false });
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
  window.addEventListener("keydown", (event) => event.key === "Escape" && stop());
}
