// Do what every public page needs: copy buttons, the reader's own hours, the agenda's stars, and what
// the other scripts share.
"use strict";

// Safari ignores autofocus on an element that is no field: focus what the page says of the last button.
document.querySelector("[autofocus]")?.focus();

// Show the buttons that copy a field, where a page may write to the clipboard.
for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.nextElementSibling.textContent = button.dataset.done;
  });
}

// The namespace that the scripts share.
window.eim = {};

// Values in localStorage. If the browser refuses to store them they last as long as the page; and a
// stored value may be anything, so check what you get.
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

// Offer the button that stops a page from updating itself; `resume` is called when it goes on.
// Returns a function that tells whether the page is paused.
eim.offerPause = (resume) => {
  const box = document.querySelector("[data-pause]");
  const button = box.querySelector("button");
  const isPaused = () => button.getAttribute("aria-pressed") === "true";
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", !isPaused());
    for (const words of box.querySelectorAll("span")) words.hidden = !words.hidden;
    if (!isPaused()) resume();
  });
  box.hidden = false;
  return isPaused;
};

// Fill the placeholders of a sentence from the template.
eim.format = (sentence, facts) => sentence.replace(/%\((\w+)\)s/g, (_, name) => facts[name]);

// Show the venue's hours in the reader's own zone too, where they differ.
eim.hours = (() => {
  const choice = document.querySelector(".own-zone");
  const select = choice?.querySelector("select");
  const clocks = {};
  const times = {};

  // Building one takes a phone some milliseconds.
  function clock(zone) {
    clocks[zone] ||= new Intl.DateTimeFormat("en", {
      ...{ timeZone: zone, hourCycle: "h23", year: "numeric" },
      ...{ month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" },
    });
    return clocks[zone];
  }

  // Browsers name the same zone differently: America/Buenos_Aires, America/Argentina/Buenos_Aires.
  const canonical = (zone) => clock(zone).resolvedOptions().timeZone;

  // A device that hides its zone reports UTC; a zone that this browser does not know counts as UTC.
  let deviceZone = "UTC";
  try {
    if (select) deviceZone = canonical(new Intl.DateTimeFormat().resolvedOptions().timeZone);
  } catch {}

  // Return a moment's local time as 2026-11-18T21:00. Each moment is formatted by itself, because
  // summer time may begin or end during a meeting.
  function localTime(moment, zone) {
    times[zone + moment] ||= formattedTime(moment, zone);
    return times[zone + moment];
  }

  function formattedTime(moment, zone) {
    const parts = clock(zone)
      .formatToParts(new Date(moment))
      .map(({ type, value }) => [type, value]);
    const { year, month, day, hour, minute } = Object.fromEntries(parts);
    return `${year}-${month}-${day}T${hour}:${minute}`;
  }

  // Format an hour as Django's format on the page says: G:i, or G\hi.
  // The days are counted from the day `since` at the venue.
  function hourText({ here, there }, since = here) {
    const [hour, minute] = there.slice(11).split(":");
    const found = choice.dataset.hour.replace(
      /\\(.)|G|i/g,
      (sign, plain) => plain || { G: Number(hour), i: minute }[sign],
    );
    const days = (Date.parse(there.slice(0, 10)) - Date.parse(since.slice(0, 10))) / 86400000;
    const { dayAfter, daysAfter, dayBefore } = choice.dataset;
    if (days > 1) return found + daysAfter.replace("{n}", days);
    return found + (days > 0 ? dayAfter : days < 0 ? dayBefore : "");
  }

  function sentence({ from, to }, { zone, city }) {
    const both = (moment) =>
      moment && { here: moment.slice(0, 16), there: localTime(moment, zone) };
    const [start, end] = [both(from), both(to)];
    if ([start, end].every((moment) => !moment || moment.here === moment.there)) return "";
    const form = start && end ? "both" : start ? "start" : "end";
    return eim.format(choice.dataset[form], {
      start: start && hourText(start),
      end: end && hourText(end, start?.here),
      city,
    });
  }

  const elements = () => [...document.querySelectorAll(".own-hours")];
  const isAnyShown = () => elements().some((element) => element.textContent);

  function show() {
    const { value, dataset } = select ? select.selectedOptions[0] : { value: "" };
    const chosen = value && { zone: value === "device" ? deviceZone : value, city: dataset.city };
    for (const element of elements()) {
      if (element.dataset.zone === value) continue;
      element.dataset.zone = value;
      element.textContent = chosen ? sentence(element.dataset, chosen) : "";
    }
    if (choice) choice.lastElementChild.hidden = !value || isAnyShown();
  }

  // Names of the same zone end in the same city.
  const cityOf = (zone) => zone.split("/").pop();
  const isDeviceZone = ({ value }) =>
    cityOf(value) === cityOf(deviceZone) && canonical(value) === deviceZone;

  // Select the zone that was chosen on this device, else the device's own if its hours differ.
  function choose() {
    const options = [...select.options];
    const saved = eim.device.get("clock");
    const kept = options.find(({ value }) => value === saved);
    const own = options.find(({ value }) => value === (deviceZone === "UTC" ? "" : "device"));
    (kept || own || options.find(isDeviceZone)).selected = true;
    show();
    if (!kept && !isAnyShown()) select.value = "";
    show();
  }

  function offer() {
    if ([...select.options].some(isDeviceZone)) select.querySelector("[value=device]").remove();
    choose();
    choice.hidden = false;
    select.addEventListener("change", () => {
      eim.device.set("clock", select.value);
      show();
    });
  }

  return {
    show: () => (choice?.hidden && elements().length ? offer() : show()),
    choose: () => choice?.hidden === false && choose(),
  };
})();

// The chosen sessions, by code, each with its title: one that leaves the programme still has a name.
eim.agenda = {
  // By the meeting's number: the next one on this site may use the same codes.
  key: `agenda-${document.body.dataset.meeting}`,
  all() {
    const found = eim.device.get(this.key);
    const isRead = found && typeof found === "object" && !Array.isArray(found);
    const isWhole = ([code, title]) =>
      /^[A-Z0-9][A-Z0-9-]*$/.test(code) && typeof title === "string";
    return new Map(Object.entries(isRead ? found : {}).filter(isWhole));
  },
  save(chosen) {
    eim.device.set(this.key, Object.fromEntries(chosen));
    this.notify();
  },
  notify() {
    this.show();
    document.dispatchEvent(new Event("agenda"));
  },
  show() {
    const chosen = this.all();
    for (const star of document.querySelectorAll("[data-star]")) {
      const isChosen = chosen.has(star.closest("[data-code]").dataset.code);
      star.classList.toggle("is-chosen", isChosen);
      // A button whose words change has no pressed state besides: readers would say the change twice.
      if (star.matches("[aria-pressed]")) star.setAttribute("aria-pressed", isChosen);
    }
    const words = chosen.size ? ` (${chosen.size})` : "";
    for (const count of document.querySelectorAll("[data-count]")) {
      if (count.textContent !== words) count.textContent = words;
    }
  },
};

// Agendas were kept without a number once.
if (eim.device.get("agenda")) {
  eim.device.set(eim.agenda.key, eim.device.get("agenda"));
  eim.device.set("agenda", null);
}

// Add stars and marks of change to the page, and to what another script puts into it.
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
    eim.agenda.save(chosen);
  });

  // Return the moment up to which earlier visits have seen the programme, by the site's clock.
  // The device's clock may be wrong: it only separates one visit from the next.
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

  eim.decorate = () => {
    const sessions = [...document.querySelectorAll("main [data-code]")];
    sessions.filter((session) => !session.querySelector("[data-star]")).forEach(addStar);
    sessions
      .filter(({ dataset }) => Number(dataset.revised) > before)
      .forEach((session) => {
        session.querySelector(".kind").after(copy("changed"));
        delete session.dataset.revised;
      });
    eim.hours.show();
    eim.agenda.show();
  };

  for (const star of document.querySelectorAll("[data-star]")) star.hidden = false;
  eim.decorate();
  new MutationObserver(eim.decorate).observe(document.querySelector("main"), {
    childList: true,
    subtree: true,
  });
  window.addEventListener("storage", () => {
    eim.hours.choose();
    eim.agenda.notify();
  });
}
