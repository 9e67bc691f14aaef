// What Django's pages leave out for whoever hears them or has no mouse.
const wideTables = () => document.querySelectorAll(".inline-group .wrapper");

// Select2 gives its boxes no name: each takes that of its field, and says what is chosen after it.
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

// A table wider than the page is moved by the arrow keys, once one can come to it.
function reach(table) {
  const heading = table.closest(".inline-group").querySelector(".inline-heading");
  const marks = { tabindex: "0", role: "group", "aria-label": heading.textContent.trim() };
  const isWide = table.scrollWidth > table.clientWidth;
  for (const [name, value] of Object.entries(marks)) {
    if (isWide) table.setAttribute(name, value);
    else table.removeAttribute(name);
  }
}

// As wide as it is now: phones are turned, windows drawn larger, and parts unfolded.
function reachWideTables() {
  wideTables().forEach(reach);
  const watcher = window.ResizeObserver && new ResizeObserver(() => wideTables().forEach(reach));
  for (const table of wideTables()) watcher?.observe(table);
}

// jQuery puts off what makes the boxes: they are there a moment after the page.
window.addEventListener("load", () => setTimeout(nameBoxes));
window.addEventListener("load", reachWideTables);
document.addEventListener("formset:added", () => setTimeout(nameBoxes));
