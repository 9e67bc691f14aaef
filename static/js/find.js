// Filter and search the sessions or speakers of the page, with the same results as the server.
(() => {
  const form = document.querySelector("form.find");
  if (!form) return;
  const status = form.querySelector("[role=status]");
  // The server puts the count of a search into the title too, for browsers without scripts.
  const title = document.title.replace(`${status.textContent} | `, "");
  const chips = form.querySelector(".chips");
  const chosen = form.querySelector(".find-chosen");
  const blank = form.querySelector("template").content;
  const items = [...document.querySelectorAll("[data-find]")].map((element) => ({
    element,
    facts: new Set(element.dataset.find.split(" ")),
    words: element.dataset.words,
    key: element.querySelector("[id^=session-]")?.id.slice(8),
    isCancelled: !!element.querySelector(".is-cancelled"),
  }));
  // Words to search, by an item's key; the page of speakers has them in the items instead, and a
  // frozen copy of the site brings them.
  let words = form.dataset.words ? (eim.copied?.words ?? null) : {};
  let timer;
  let lastRun = 0;

  // Split a text into words without accents and case. The rule is that of `folded_words` on the
  // server: what cannot be seen is left out; some letters look like apostrophes or blanks.
  const folded = (text) =>
    text
      .replace(/[\u115f\u1160\u3164\uffa0]/g, " ")
      .replace(/\ufeff|(?![\s\u0085])[\p{Cc}\p{Default_Ignorable_Code_Point}]/gu, "")
      .normalize("NFKD")
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .normalize("NFKD")
      .replace(/(?=\p{M})\p{Script=Inherited}/gu, "")
      .replace(/[\u02b9\u02bb\u02bc\u02c8]/g, "'")
      .replace(
        /[ςøłđħŧæœ]/g,
        (letter) => ({ ς: "σ", ø: "o", ł: "l", đ: "d", ħ: "h", ŧ: "t", æ: "ae", œ: "oe" })[letter],
      )
      .match(/[\p{L}\p{N}]+/gu) || [];

  // Return the filters in use, as pairs of name and value, as they stand in the address.
  function activeFilters() {
    const all = [...new FormData(form)].map(([name, value]) => [
      name,
      value.trim().replace(/\s+/g, " "),
    ]);
    return all.filter(([name, value]) => value && (name !== "q" || folded(value).length));
  }

  function queryString(pairs) {
    const query = new URLSearchParams(pairs).toString();
    return query && `?${query}`;
  }

  async function loadWords() {
    words =
      words ||
      fetch(form.dataset.words).then((response) =>
        response.ok ? response.json() : Promise.reject(),
      );
    try {
      words = await words;
    } catch {
      words = null;
    }
    return words;
  }

  function matches(item, facts, sought) {
    if (!facts.every((fact) => item.facts.has(fact))) return false;
    const text = sought.length ? item.words || words[item.key] || "" : "";
    return sought.every((word) => text.includes(` ${word}`));
  }

  // Return false if the words cannot be fetched: then only the server can search.
  async function show() {
    const run = ++lastRun;
    const pairs = activeFilters();
    const sought = folded(form.q.value);
    if (sought.length && !(await loadWords())) return false;
    if (run !== lastRun) return true; // The visitor has typed on meanwhile.
    const facts = pairs.filter(([name]) => name !== "q").map((pair) => pair.join("="));
    for (const item of items) item.element.hidden = !matches(item, facts, sought);
    hideEmptyParts(pairs.length > 0);
    showCount(pairs.length > 0);
    showChips(pairs);
    const query = queryString(pairs);
    history.replaceState(history.state, "", location.pathname + query + location.hash);
    for (const link of document.querySelectorAll(".languages a")) link.search = query;
    return true;
  }

  // Hide hours and days without a result, and figures that count the whole programme.
  function hideEmptyParts(isFiltered) {
    const isEmpty = (part) => isFiltered && !part.querySelector("[data-find]:not([hidden])");
    for (const part of document.querySelectorAll(".slot, .day, .initial"))
      part.hidden = isEmpty(part);
    document.querySelector(".programme")?.classList.toggle("is-whole", !isFiltered);
    for (const link of document.querySelectorAll(".day-nav a:not(.to-now), .letters a"))
      (link.closest("li") ?? link).hidden = document.querySelector(link.hash).hidden;
    for (const whole of document.querySelectorAll("[data-whole]")) whole.hidden = isFiltered;
    document.querySelector(".nothing-found").hidden = items.some((item) => !item.element.hidden);
  }

  function showCount(isFiltered) {
    const { every, some, one, more } = status.dataset;
    const found = items.filter((item) => !item.element.hidden && (item.key || item.words));
    const cancelled = found.filter((item) => item.isCancelled).length;
    const sentences = [some.replace("{n}", found.length - cancelled)];
    if (cancelled) sentences.push((cancelled === 1 ? one : more).replace("{n}", cancelled));
    status.textContent = isFiltered ? sentences.join(" · ") : every;
    document.title = isFiltered ? `${status.textContent} | ${title}` : title;
  }

  function chipOf([name, value], pairs) {
    const item = blank.cloneNode(true).firstElementChild;
    const chip = item.querySelector("a");
    const field = form.elements[name];
    const option = field.selectedOptions?.[0];
    chip.dataset.name = name;
    chip.href = queryString(pairs.filter((pair) => pair[0] !== name)) || "?";
    const label = field.labels[0].dataset.short || field.labels[0].textContent.trim();
    const words = option ? option.text : name === "q" ? value : "";
    chip.children[1].textContent = words ? `${label}:` : label;
    chip.children[2].textContent = words;
    if (option?.lang) chip.children[2].lang = option.lang;
    return item;
  }

  function showChips(pairs) {
    chips.hidden = !pairs.length;
    chips.querySelector("ul").replaceChildren(...pairs.map((pair) => chipOf(pair, pairs)));
    if (!chosen) return;
    const count = pairs.filter(([name]) => form.elements[name].localName === "select").length;
    chosen.hidden = !count;
    chosen.textContent = `(${count})`;
  }

  function set(name, value) {
    const field = form.elements[name];
    if (field.type === "checkbox") field.checked = !!value;
    else field.value = value;
  }

  function clear() {
    for (const field of form.elements) if (field.name) set(field.name, "");
  }

  // The removed chip had the focus: move it to the next chip, or to the search field.
  async function removeChip(link) {
    const places = [...form.querySelectorAll(".chip")];
    const place = places.indexOf(link);
    if (place < 0) clear();
    else set(link.dataset.name, "");
    await show();
    const left = form.querySelectorAll(".chip");
    (left[Math.min(place, left.length - 1)] || form.q).focus();
  }

  function showSoon() {
    clearTimeout(timer);
    timer = setTimeout(show, 200);
  }

  form.q.addEventListener("focus", loadWords, { once: true });
  form.q.addEventListener("input", showSoon);
  form.addEventListener("change", show);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    if (!(await show())) form.submit();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".chip, .chips > a, .nothing-found a");
    const isPlain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !isPlain) return;
    event.preventDefault();
    removeChip(link);
  });

  // No server has read the filters in the address of a frozen copy.
  if (eim.copied) {
    for (const [name, value] of new URLSearchParams(location.search))
      if (form.elements[name]) set(name, value);
    show();
  }
})();
