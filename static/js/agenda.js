// Show the page “My agenda”: load the programme and leave out what this device has not chosen.
"use strict";

{
  const page = document.getElementById("agenda");
  const part = (name) => page.querySelector(`[data-${name}]`);
  const days = part("days");
  let programme = null;

  async function fetchProgramme() {
    const answer = await fetch(page.dataset.programme);
    if (!answer.ok) throw new Error(answer.status);
    return answer.text();
  }

  // Load the programme's days in the language of this page; `programme` stays null if that fails.
  async function load() {
    part("loading").hidden = false;
    try {
      const text = eim.copied?.programme ?? (await fetchProgramme());
      const found = new DOMParser().parseFromString(text, "text/html");
      programme = [...found.querySelectorAll(".day")];
    } catch {
      part("fault").hidden = false;
    }
    part("loading").hidden = true;
    page.classList.remove("is-coming");
  }

  const cardOf = (code) =>
    programme
      .flatMap((day) => [...day.querySelectorAll("[data-code]")])
      .find((card) => card.dataset.code === code);
  const titleOf = (card) => card.querySelector(".card-title");

  // Return a list of one copy of the day, with its chosen cards only; an empty list without any.
  function copyWithChosen(day, chosen) {
    const copy = document.importNode(day, true);
    copy.querySelector("[data-whole]")?.remove();
    for (const item of copy.querySelectorAll(".cards > li")) {
      if (!chosen.has(item.querySelector("[data-code]")?.dataset.code)) item.remove();
    }
    for (const slot of copy.querySelectorAll(".slot")) {
      if (!slot.querySelector(".card")) slot.remove();
    }
    return copy.querySelector(".card") ? [copy] : [];
  }

  function timedCards() {
    return [...days.querySelectorAll(".card:not(.is-cancelled)")].flatMap((card) => {
      const { from, to } = card.closest(".slot").querySelector(".own-hours")?.dataset || {};
      return from ? [{ card, from: Date.parse(from), to: Date.parse(to) }] : [];
    });
  }

  function showClashes() {
    const list = new Intl.ListFormat(document.documentElement.lang);
    const all = timedCards();
    for (const one of all) {
      const clashing = all.filter(
        (other) => other !== one && other.from < one.to && one.from < other.to,
      );
      if (!clashing.length) continue;
      const quoted = clashing.map(({ card }) =>
        eim.format(page.dataset.quoted, { title: titleOf(card).textContent }),
      );
      const words = document.getElementById("clash").content.firstElementChild.cloneNode(true);
      words.lastElementChild.textContent = eim.format(page.dataset.clash, {
        titles: list.format(quoted),
      });
      titleOf(one.card).after(words);
    }
  }

  function fillList(name, titles) {
    part(name).hidden = !titles.length;
    part(name)
      .querySelector("ul")
      .replaceChildren(
        ...titles.map((title) =>
          Object.assign(document.createElement("li"), { textContent: title }),
        ),
      );
  }

  const number = document.body.dataset.meeting;
  // The same page in the frozen copy of an earlier meeting, if there is one.
  const archivedPage = document.querySelector(".archived-page a");

  // Return the codes in a link from another device (#meeting=…&codes=…), and of which meeting they are.
  // Links had no number once: where an earlier meeting has a copy, they are not this one's.
  function readLink() {
    const link = new URLSearchParams(location.hash.slice(1));
    const codes = (link.get("codes") || "").split(",").filter(Boolean);
    const meeting = link.get("meeting") || (archivedPage ? "" : number);
    return { codes, meeting, isOther: codes.length > 0 && meeting !== number };
  }

  // Return the cards of the sessions in such a link that are not chosen here yet.
  function cardsFromLink() {
    const { codes, isOther } = readLink();
    const chosen = eim.agenda.all();
    return isOther ? [] : codes.map((code) => !chosen.has(code) && cardOf(code)).filter(Boolean);
  }

  // Say that a link is another meeting's, and lead to its copy if that is the one.
  function showOther() {
    const { meeting, isOther } = readLink();
    const hasCopy = isOther && archivedPage?.pathname.startsWith(`/${meeting}/`);
    part("other").hidden = !isOther;
    part("archived").hidden = !hasCopy;
    if (hasCopy) part("archived").href = archivedPage.pathname + location.hash;
  }

  function offerLink() {
    showOther();
    fillList(
      "offer",
      cardsFromLink().map((card) => titleOf(card).textContent),
    );
  }

  function removedEntries(chosen) {
    return [...chosen].filter(([code]) => !cardOf(code));
  }

  function showTools(chosen) {
    const codes = [...chosen.keys()];
    part("tools").hidden = !codes.length;
    const timed = timedCards().map(({ card }) => card.dataset.code);
    // The file is made by the server: a frozen copy of the site has none.
    const hasFile = timed.length && !eim.copied;
    part("file").hidden = document.getElementById("agenda-file").hidden = !hasFile;
    part("file").href = `${page.dataset.calendar}&only=${timed.join(",")}`;
    document.getElementById("agenda-link").value =
      `${location.origin}${location.pathname}#meeting=${number}&codes=${codes.join(",")}`;
  }

  function show() {
    const chosen = eim.agenda.all();
    days.replaceChildren(...programme.flatMap((day) => copyWithChosen(day, chosen)));
    showClashes();
    fillList(
      "gone",
      removedEntries(chosen).map(([, title]) => title),
    );
    offerLink();
    showTools(chosen);
    part("empty").hidden = chosen.size > 0 || !part("offer").hidden || !part("other").hidden;
  }

  // If the focused card disappears, move the focus to the next card, or to the page's title.
  function showAndKeepFocus() {
    if (!programme) return;
    const stars = () => [...days.querySelectorAll("[data-star]")];
    const index = stars().indexOf(document.activeElement);
    show();
    eim.decorate();
    if (index >= 0)
      (stars()[Math.min(index, stars().length - 1)] || page.querySelector("h1")).focus();
  }

  function onButton(name, act) {
    part(name)
      .querySelector("button")
      .addEventListener("click", () => {
        const chosen = eim.agenda.all();
        act(chosen);
        eim.agenda.save(chosen);
        page.querySelector("h1").focus();
      });
  }

  onButton("offer", (chosen) => {
    for (const card of cardsFromLink()) chosen.set(card.dataset.code, titleOf(card).textContent);
    history.replaceState(null, "", location.pathname);
  });
  onButton("gone", (chosen) => {
    for (const [code] of removedEntries(chosen)) chosen.delete(code);
  });

  part("print").addEventListener("click", () => print());

  document.addEventListener("agenda", showAndKeepFocus);
  window.addEventListener("hashchange", () => programme && show());
  load().then(() => programme && show());
}
