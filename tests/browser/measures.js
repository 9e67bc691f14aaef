// Measure a page for the browser tests. Each function returns the faults it finds, as sentences.
window.measures = (() => {
  const CONTROLS =
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const FIELDS = "input:not([type=hidden]), select, textarea, button, .button";

  const one_line = (text) => text.replace(/\s+/g, " ").trim().slice(0, 60);

  function words(element) {
    const name = element.getAttribute("name") || element.getAttribute("class") || "";
    return one_line(`${element.localName} ${name} “${element.textContent}”`);
  }

  // Leave out what only screen readers meet, and what lies outside the page: the skip link, the decoy field.
  function is_seen(element) {
    const box = element.getBoundingClientRect();
    return (
      element.checkVisibility({ visibilityProperty: true }) &&
      !element.closest(".visually-hidden, [aria-hidden='true']") &&
      box.width > 1 &&
      box.height > 1 &&
      box.right > 0 &&
      box.bottom + scrollY > 0
    );
  }

  const seen = (selector) => [...document.querySelectorAll(selector)].filter(is_seen);

  function texts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.data.trim() && is_seen(node.parentElement)) found.push(node);
    }
    return found;
  }

  function boxes_of(node) {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].filter((box) => box.width > 0);
  }

  function sideways() {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [`${scrollWidth} px wide in ${clientWidth}`] : [];
  }

  // Find text cut off by the edge of an element that hides its overflow.
  function clipped() {
    const found = [];
    for (const node of texts()) {
      for (
        let around = node.parentElement;
        around !== document.body;
        around = around.parentElement
      ) {
        if (!["hidden", "clip"].includes(getComputedStyle(around).overflowY)) continue;
        const edge = around.getBoundingClientRect();
        const is_out = (box) =>
          box.left < edge.left - 1 ||
          box.right > edge.right + 1 ||
          box.top < edge.top - 1 ||
          box.bottom > edge.bottom + 1;
        if (boxes_of(node).some(is_out))
          found.push(`“${one_line(node.data)}” in ${around.className}`);
      }
    }
    return found;
  }

  // Find lines of text that overlap.
  function overlapping() {
    const lines = texts().flatMap((node) => boxes_of(node).map((box) => ({ node, box })));
    lines.sort((one, other) => one.box.top - other.box.top);
    const found = [];
    lines.forEach(({ node, box }, index) => {
      for (const { node: below, box: next } of lines.slice(index + 1)) {
        if (next.top > box.bottom - 4) break;
        const shared = Math.min(box.right, next.right) - Math.max(box.left, next.left);
        if (
          node !== below &&
          shared > 2 &&
          Math.min(box.bottom, next.bottom) - next.top > box.height / 2
        ) {
          found.push(`“${one_line(node.data)}” and “${one_line(below.data)}”`);
        }
      }
    });
    return found;
  }

  // Space the text as WCAG 2.2, 1.4.12 says. The content policy does not forbid a script's own sheet.
  const SPACED = new CSSStyleSheet();
  SPACED.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-bottom: 2em !important }
  `);

  const fit = () => ({ sideways: sideways(), clipped: clipped(), overlapping: overlapping() });

  function fit_when_spaced() {
    document.adoptedStyleSheets = [SPACED];
    const found = fit();
    document.adoptedStyleSheets = [];
    return found;
  }

  // Return the area that a finger may touch: a label with its field, the card that a link's ::after covers.
  function touched(control) {
    const label = control.closest("label");
    if (label) return label.getBoundingClientRect();
    const cover = getComputedStyle(control, "::after");
    if (cover.content !== "none" && cover.position === "absolute") {
      return control.offsetParent.getBoundingClientRect();
    }
    return control.getBoundingClientRect();
  }

  // A link inside a sentence may be as small as its line (the exception in success criterion 2.5.8).
  function is_in_a_text(control) {
    if (control.localName !== "a" || getComputedStyle(control).display !== "inline") return false;
    if (control.closest(".prose")) return true;
    const around = control.closest("p, li, dd, td, label, h1, h2, h3, h4, body > *");
    return one_line(around.textContent) !== one_line(control.textContent);
  }

  function smaller_than(least) {
    const found = [];
    for (const control of seen(CONTROLS)) {
      const { width, height } = touched(control);
      if (Math.min(width, height) < least - 0.5 && !is_in_a_text(control)) {
        found.push(`${words(control)}: ${Math.round(width)} × ${Math.round(height)}`);
      }
    }
    return found;
  }

  // In forced colours backgrounds disappear: a control needs an edge, or to be drawn by the browser.
  function without_an_edge() {
    const has_edge = (style) =>
      style.borderTopStyle !== "none" && parseFloat(style.borderTopWidth) >= 1;
    const is_native = (style) => style.appearance !== "none";
    return seen(FIELDS)
      .filter((field) => {
        const style = getComputedStyle(field);
        const is_choice = ["checkbox", "radio"].includes(field.type);
        return is_choice ? !is_native(style) : !has_edge(style);
      })
      .map(words);
  }

  function moving() {
    const takes_time = (style) =>
      [style.animationDuration, style.transitionDuration].some((times) =>
        times.split(",").some((time) => parseFloat(time) > 0),
      );
    const found = [...document.querySelectorAll("*")].filter((element) =>
      takes_time(getComputedStyle(element)),
    );
    const by_itself = document.querySelectorAll(
      "marquee, [autoplay], meta[http-equiv='refresh' i]",
    );
    return [...found, ...by_itself].map(words);
  }

  function outline_of_headings() {
    const levels = seen_by_readers("h1, h2, h3, h4, h5, h6").map((heading) =>
      Number(heading.localName[1]),
    );
    const found = levels.filter((level) => level === 1).length === 1 ? [] : ["not one h1"];
    levels.forEach((level, index) => {
      if (level > (levels[index - 1] || 0) + 1)
        found.push(`h${level} after h${levels[index - 1] || 0}`);
    });
    return found;
  }

  const seen_by_readers = (selector) =>
    [...document.querySelectorAll(selector)].filter(
      (element) => element.checkVisibility() && !element.closest("[aria-hidden='true']"),
    );

  // `mark` is a word that only texts in the language `code` have: find texts whose `lang` says otherwise.
  function wrongly_marked(mark, code) {
    const language = (element) => element.closest("[lang]").lang;
    const found = [];
    for (const element of document.body.querySelectorAll("*")) {
      const own = [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.data);
      const said = ["alt", "aria-label", "title"].map((name) => element.getAttribute(name) || "");
      for (const text of [...own, ...said].filter((text) => text.trim())) {
        if (element.closest("script, option, .languages, .strip-options")) continue; // names of languages
        if (text.includes(mark) !== (language(element) === code))
          found.push(`${language(element)}: “${one_line(text)}”`);
      }
    }
    return found;
  }

  // Describe the focused element: where it is, whether its focus shows, whether anything covers it. Or null.
  function focused() {
    const control = document.activeElement;
    if (control === document.body) return null;
    const ringed = [control, control.closest("label")]
      .filter(Boolean)
      .map((element) => getComputedStyle(element));
    const box = control.getClientRects()[0];
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return {
      words: words(control),
      left: box.left,
      right: box.right,
      top: box.top + scrollY,
      bottom: box.bottom + scrollY,
      is_ringed: ringed.some(
        (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
      ),
      is_uncovered:
        Boolean(top) && (control.contains(top) || top.contains(control) || top.control === control),
    };
  }

  // Start at the top even if a field or a summary took the focus when the page loaded.
  function start_at_the_top() {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
  }

  // Count the stops of the Tab key: one for each control, but one for all radios of a name.
  function stops() {
    const reached = [...document.querySelectorAll(CONTROLS)].filter(
      (control) => control.checkVisibility() && !control.disabled && control.tabIndex >= 0,
    );
    const radios = reached.filter((control) => control.type === "radio");
    return reached.length - radios.length + new Set(radios.map((radio) => radio.name)).size;
  }

  return {
    fit,
    fit_when_spaced,
    smaller_than,
    without_an_edge,
    moving,
    outline_of_headings,
    wrongly_marked,
    focused,
    stops,
    start_at_the_top,
  };
})();
