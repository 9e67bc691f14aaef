// Add what Django's admin lacks for screen readers and keyboards: names, focus, and tables that can scroll.
const wideTables = () => document.querySelectorAll(".inline-group .wrapper");

// Select2 leaves its boxes without a name: name each after its field, followed by what is chosen.
function nameBoxes() {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const box = select.parentElement.querySelector(".select2-selection");
    const chosen = box?.querySelector(".select2-selection__rendered");
    const name = select.getAttribute("aria-label") || select.labels?.[0]?.textContent.trim();
    if (!chosen || !name) continue;
    box.id = `${select.id}-box`;
    box.setAttribute("aria-label", name);
    box.setAttribute("aria-labelledby", `${box.id} ${chosen.id}`);
    chosen.setAttribute("aria-labelledby", box.id);
  }
}

// Let a table wider than the page take the focus: arrow keys then scroll it.
function makeFocusable(table) {
  const heading = table.closest(".inline-group").querySelector(".inline-heading");
  const marks = { tabindex: "0", role: "group", "aria-label": heading.textContent.trim() };
  const isWide = table.scrollWidth > table.clientWidth;
  for (const [name, value] of Object.entries(marks)) {
    if (isWide) table.setAttribute(name, value);
    else table.removeAttribute(name);
  }
}

// Look again whenever a width changes: phones turn, windows grow, parts unfold.
function watchWideTables() {
  wideTables().forEach(makeFocusable);
  const watcher =
    window.ResizeObserver && new ResizeObserver(() => wideTables().forEach(makeFocusable));
  for (const table of wideTables()) watcher?.observe(table);
}

// Django's tables of parts have heads without a word, which readers announce: make them plain cells.
function emptyHeads() {
  for (const head of document.querySelectorAll(".inline-group thead th")) {
    if (head.textContent.trim()) continue;
    const cell = document.createElement("td");
    cell.className = head.className;
    head.replaceWith(cell);
  }
}

// Focus what the page says of the last button: faults of a form, or what was done.
function focusOutcome() {
  const outcome = document.querySelector(".errornote, .messagelist");
  if (!outcome) return;
  outcome.tabIndex = -1;
  outcome.focus();
}

// Later than Django's own script, which focuses the first field of a form.
window.addEventListener("load", focusOutcome);
window.addEventListener("load", emptyHeads);
// jQuery creates the boxes a moment after the page has loaded.
window.addEventListener("load", () => setTimeout(nameBoxes));
window.addEventListener("load", watchWideTables);
document.addEventListener("formset:added", () => setTimeout(nameBoxes));
