"use strict";

// My agenda: of the days of the programme, as its own page has them, what has been chosen on this device.
{
  const page = document.getElementById("agenda");
  const part = (name) => page.querySelector(`[data-${name}]`);
  const days = part("days");
  let programme = null;

  // The whole programme, in the language of this page; null as long as it has not come.
  async function load() {
    part("loading").hidden = false;
    try {
      const answer = await fetch(page.dataset.programme);
      if (!answer.ok) throw new Error(answer.status);
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
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

  // Its days, slots and cards without what was not chosen.
  function chosenOf(day, chosen) {
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

  function takingPlace() {
    return [...days.querySelectorAll(".card:not(.is-cancelled)")].flatMap((card) => {
      const { from, to } = card.closest(".slot").querySelector(".own-hours")?.dataset || {};
      return from ? [{ card, from: Date.parse(from), to: Date.parse(to) }] : [];
    });
  }

  function sayClashes() {
    const list = new Intl.ListFormat(document.documentElement.lang);
    const all = takingPlace();
    for (const one of all) {
      const clashing = all.filter(
        (other) => other !== one && other.from < one.to && one.from < other.to,
      );
      if (!clashing.length) continue;
      const quoted = clashing.map(({ card }) =>
        eim.filled(page.dataset.quoted, { title: titleOf(card).textContent }),
      );
      const words = document.getElementById("clash").content.firstElementChild.cloneNode(true);
      words.lastElementChild.textContent = eim.filled(page.dataset.clash, {
        titles: list.format(quoted),
      });
      titleOf(one.card).after(words);
    }
  }

  function fill(name, titles) {
    part(name).hidden = !titles.length;
    part(name)
      .querySelector("ul")
      .replaceChildren(
        ...titles.map((title) =>
          Object.assign(document.createElement("li"), { textContent: title }),
        ),
      );
  }

  // The codes that a link from another device brings, and that are not chosen here yet.
  function brought() {
    const codes = (new URLSearchParams(location.hash.slice(1)).get("codes") || "").split(",");
    const chosen = eim.agenda.all();
    return codes.map((code) => !chosen.has(code) && cardOf(code)).filter(Boolean);
  }

  function offer() {
    fill(
      "offer",
      brought().map((card) => titleOf(card).textContent),
    );
  }

  function gone(chosen) {
    return [...chosen].filter(([code]) => !cardOf(code));
  }

  function offerTools(chosen) {
    const codes = [...chosen.keys()];
    part("tools").hidden = !codes.length;
    const timed = takingPlace().map(({ card }) => card.dataset.code);
    part("file").hidden = document.getElementById("agenda-file").hidden = !timed.length;
    part("file").href = `${page.dataset.calendar}&only=${timed.join(",")}`;
    document.getElementById("agenda-link").value =
      `${location.origin}${location.pathname}#codes=${codes.join(",")}`;
  }

  function show() {
    const chosen = eim.agenda.all();
    days.replaceChildren(...programme.flatMap((day) => chosenOf(day, chosen)));
    sayClashes();
    fill(
      "gone",
      gone(chosen).map(([, title]) => title),
    );
    offer();
    offerTools(chosen);
    part("empty").hidden = chosen.size > 0 || !part("offer").hidden;
  }

  // The card with the focus may be the one that goes: the next one has it then, or the page's title.
  function showKeepingFocus() {
    if (!programme) return;
    const stars = () => [...days.querySelectorAll("[data-star]")];
    const index = stars().indexOf(document.activeElement);
    show();
    eim.freshen();
    if (index >= 0)
      (stars()[Math.min(index, stars().length - 1)] || page.querySelector("h1")).focus();
  }

  function change(name, act) {
    part(name)
      .querySelector("button")
      .addEventListener("click", () => {
        const chosen = eim.agenda.all();
        act(chosen);
        eim.agenda.keep(chosen);
        page.querySelector("h1").focus();
      });
  }

  change("offer", (chosen) => {
    for (const card of brought()) chosen.set(card.dataset.code, titleOf(card).textContent);
    history.replaceState(null, "", location.pathname);
  });
  change("gone", (chosen) => {
    for (const [code] of gone(chosen)) chosen.delete(code);
  });

  part("print").addEventListener("click", () => print());

  document.addEventListener("agenda", showKeepingFocus);
  window.addEventListener("hashchange", () => programme && show());
  load().then(() => programme && show());
}
