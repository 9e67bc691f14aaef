// Offer what this device has starred: put its boxes first, with a mark, and tick nothing. Send once.
"use strict";

{
  const starred = eim.agenda.all();
  const mark = document.getElementById("from-agenda")?.content.firstElementChild;
  const boxes = [...document.querySelectorAll(".is-places input[name]")];

  for (const box of boxes.filter(({ value }) => starred.has(value))) {
    const choice = box.closest(".choice-box");
    choice.querySelector(".choice-text").prepend(mark.cloneNode(true));
    const fold = choice.closest(".fold");
    if (!fold) continue;
    fold.previousElementSibling.hidden = false;
    fold.previousElementSibling.append(choice);
    fold.firstElementChild.textContent = fold.dataset.others;
  }
  for (const fold of document.querySelectorAll(".is-places .fold"))
    if (!fold.querySelector(".choice")) fold.remove();

  // The browser is known again by the cookie of the answer: pressed twice while that is under way,
  // the first sending would be a stranger's to the second.
  const patience = 10_000;
  let sentAt = -patience;
  document.getElementById("carried-form")?.addEventListener("submit", (event) => {
    if (event.submitter?.name === "carried_from") return;
    if (event.timeStamp - sentAt < patience) event.preventDefault();
    else sentAt = event.timeStamp;
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) sentAt = -patience;
  });
}
