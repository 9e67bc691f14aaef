// What Django's pages leave out for whoever hears them or has no mouse.
"use strict";

// Select2 gives its boxes no name: each takes that of its field, and says what is chosen after it.
function nameBoxes() {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const box = select.parentElement.querySelector(".select2-selection");
    const chosen = box && box.querySelector(".select2-selection__rendered");
    const label = select.labels && select.labels[0];
    const name = select.getAttribute("aria-label") || (label && label.textContent.trim());
    if (!chosen || !name) continue;
    box.id = `${select.id}-box`;
    box.setAttribute("aria-label", name);
    box.setAttribute("aria-labelledby", `${box.id} ${chosen.id}`);
    chosen.setAttribute("aria-labelledby", box.id);
  }
}

// A table wider than the phone is moved by the arrow keys, once one can come to it.
function reachWideTables() {
  for (const wide of document.querySelectorAll(".inline-group .wrapper")) {
    if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
  }
}

// Boxes are drawn once jQuery is ready, on a slow machine after the load: its queue keeps the order.
window.addEventListener("load", () => (window.django?.jQuery ?? setTimeout)(nameBoxes));
window.addEventListener("load", reachWideTables);
document.addEventListener("formset:added", () => setTimeout(nameBoxes));
