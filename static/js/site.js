"use strict";

// Safari does not heed autofocus on what is no field: a form that came back with faults starts at their summary.
document.getElementById("error-summary")?.focus();

// A button that copies what stands in a field. Where pages may not copy, it stays hidden: the field can be selected.
for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.nextElementSibling.textContent = button.dataset.done;
  });
}

// For the other scripts: the names of these are all that they share.
window.eim = {};

// What this device remembers. A browser may refuse to keep it (then it lasts as long as the page), and may hold anything.
eim.device = {
  unsaved: {},
  get(key) {
    try {
      return key in this.unsaved ? this.unsaved[key] : JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      this.unsaved[key] = value;
    }
  },
};

// Fetch, but give up after 15 seconds: a request that hangs must not hold up the next one.
// AbortSignal.timeout() is newer than the browsers that have to work.
eim.fetchInTime = (address, options) => {
  const limit = new AbortController();
  setTimeout(() => limit.abort(), 15000);
  return fetch(address, { ...options, signal: limit.signal });
};

// A sentence of the template, with what its placeholders are to say.
eim.filled = (sentence, facts) => sentence.replace(/%\((\w+)\)s/g, (_, name) => facts[name]);

// The hours of the venue, said again by the reader's own clock where that shows others.
eim.hours = (() => {
  const choice = document.querySelector(".own-zone");
  const select = choice?.querySelector("select");
  const clocks = {};

  function clock(zone) {
    clocks[zone] ||= new Intl.DateTimeFormat("en", {
      ...{ timeZone: zone, hourCycle: "h23", year: "numeric" },
      ...{ month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" },
    });
    return clocks[zone];
  }
  // Browsers differ in the names of the same zone: America/Buenos_Aires, America/Argentina/Buenos_Aires.
  const canonical = (zone) => clock(zone).resolvedOptions().timeZone;
  // UTC is what a device says that keeps its zone to itself; so are taken some that name one nobody knows.
  let ofDevice = "UTC";
  try {
    ofDevice = canonical(new Intl.DateTimeFormat().resolvedOptions().timeZone);
  } catch {}

  // 2026-11-18T21:00, as a page writes the venue's. Each moment is asked of its zone: clocks are changed during meetings.
  function at(moment, zone) {
    const parts = clock(zone)
      .formatToParts(new Date(moment))
      .map(({ type, value }) => [type, value]);
    const { year, month, day, hour, minute } = Object.fromEntries(parts);
    return `${year}-${month}-${day}T${hour}:${minute}`;
  }

  // In the form of Django that the page was written with: G:i, or G\hi.
  function words({ here, there }) {
    const [hour, minute] = there.slice(11).split(":");
    const found = choice.dataset.hour.replace(
      /\\(.)|G|i/g,
      (sign, plain) => plain || { G: Number(hour), i: minute }[sign],
    );
    const days = Date.parse(there.slice(0, 10)) - Date.parse(here.slice(0, 10));
    return found + (days > 0 ? choice.dataset.dayAfter : days < 0 ? choice.dataset.dayBefore : "");
  }

  function sentence({ from, to }, { zone, city }) {
    const both = (moment) => moment && { here: moment.slice(0, 16), there: at(moment, zone) };
    const [start, end] = [both(from), both(to)];
    if ([start, end].every((moment) => !moment || moment.here === moment.there)) return "";
    const form = start && end ? "both" : start ? "start" : "end";
    return eim.filled(choice.dataset[form], {
      start: start && words(start),
      end: end && words(end),
      city,
    });
  }

  const places = () => [...document.querySelectorAll(".own-hours")];
  const isSaid = () => places().some((place) => place.textContent);

  function say() {
    const { value, dataset } = select ? select.selectedOptions[0] : { value: "" };
    for (const place of places().filter((one) => one.dataset.zone !== value)) {
      place.dataset.zone = value;
      const chosen = value && { zone: value === "device" ? ofDevice : value, city: dataset.city };
      place.textContent = chosen ? sentence(place.dataset, chosen) : "";
    }
    if (choice) choice.lastElementChild.hidden = !value || isSaid();
  }

  const isOfDevice = ({ value }) => value && value !== "device" && canonical(value) === ofDevice;

  // What was chosen on this device, else the device's own zone if that has other hours.
  function choose() {
    const options = [...select.options];
    const kept = options.find(({ value }) => value === eim.device.get("clock"));
    const own = options.find(({ value }) => value === (ofDevice === "UTC" ? "" : "device"));
    (kept || own || options.find(isOfDevice)).selected = true;
    say();
    if (!kept && !isSaid()) select.value = "";
    say();
  }

  function offer() {
    if ([...select.options].some(isOfDevice)) select.querySelector("[value=device]").remove();
    choose();
    choice.hidden = false;
    select.addEventListener("change", () => {
      eim.device.set("clock", select.value);
      say();
    });
  }

  return {
    say: () => (choice?.hidden && places().length ? offer() : say()),
    choose: () => choice?.hidden === false && choose(),
  };
})();

// The sessions somebody has chosen, by code, each with its title: what is taken out of the programme keeps a name.
eim.agenda = {
  all() {
    const found = eim.device.get("agenda");
    const isRead = found && typeof found === "object" && !Array.isArray(found);
    const isWhole = ([code, title]) =>
      /^[A-Z0-9][A-Z0-9-]*$/.test(code) && typeof title === "string";
    return new Map(Object.entries(isRead ? found : {}).filter(isWhole));
  },
  keep(chosen) {
    eim.device.set("agenda", Object.fromEntries(chosen));
    this.tell();
  },
  tell() {
    this.show();
    document.dispatchEvent(new Event("agenda"));
  },
  show() {
    const chosen = this.all();
    for (const star of document.querySelectorAll("[data-star]")) {
      star.setAttribute("aria-pressed", chosen.has(star.closest("[data-code]").dataset.code));
    }
    const words = chosen.size ? ` (${chosen.size})` : "";
    for (const count of document.querySelectorAll("[data-count]")) {
      if (count.textContent !== words) count.textContent = words;
    }
  },
};

// Stars, and marks of what has changed: also for what another script brings into the page.
{
  const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
  const titleOf = (session) => session.querySelector("h1, .card-title, h3");

  function addStar(session) {
    const star = copy("star");
    const name = star.lastElementChild;
    const [before, after] = name.textContent.split("%(title)s");
    name.replaceChildren(before, ...titleOf(session).cloneNode(true).childNodes, after);
    name.querySelector("a")?.replaceWith(...name.querySelector("a").childNodes);
    session.append(star);
  }

  document.addEventListener("click", ({ target }) => {
    const star = target.closest("[data-star]");
    if (!star) return;
    const session = star.closest("[data-code]");
    const chosen = eim.agenda.all();
    const title = titleOf(session).textContent;
    if (!chosen.delete(session.dataset.code)) chosen.set(session.dataset.code, title);
    eim.agenda.keep(chosen);
  });

  // Until when the visits before this one have seen the programme, by the site's clock: the device's may be wrong, and
  // only tells one visit from the next.
  function seenBefore() {
    const now = Date.now();
    const changedAt = Number(document.querySelector("[data-changed-at]")?.dataset.changedAt ?? NaN);
    let { before, latest, at } = eim.device.get("seen") || {};
    if (![before, latest, at].every(Number.isFinite))
      [before, latest, at] = [changedAt, changedAt, now];
    if (Math.abs(now - at) > 30 * 60 * 1000) before = latest;
    latest = Math.max(latest, changedAt || latest);
    if (Number.isFinite(latest)) eim.device.set("seen", { before, latest, at: now });
    return before;
  }

  const before = seenBefore();

  eim.freshen = () => {
    const sessions = [...document.querySelectorAll("main [data-code]")];
    sessions.filter((session) => !session.querySelector("[data-star]")).forEach(addStar);
    sessions
      .filter(({ dataset }) => Number(dataset.revised) > before)
      .forEach((session) => {
        session.querySelector(".kind").after(copy("changed"));
        delete session.dataset.revised;
      });
    eim.hours.say();
    eim.agenda.show();
  };

  for (const star of document.querySelectorAll("[data-star]")) star.hidden = false;
  eim.freshen();
  new MutationObserver(eim.freshen).observe(document.querySelector("main"), {
    childList: true,
    subtree: true,
  });
  window.addEventListener("storage", () => {
    eim.hours.choose();
    eim.agenda.tell();
  });
}
