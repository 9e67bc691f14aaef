"""Run axe in an open page, and return the rules that it breaks."""

from axe_playwright_python.sync_playwright import Axe

SCRIPT = Axe().axe_script
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What depends on the words of a page: its languages, names and labels, and how much room they take.
RULES_OF_WORDS = [
    *("html-has-lang", "html-lang-valid", "html-xml-lang-mismatch", "valid-lang"),
    *(
        "document-title",
        "page-has-heading-one",
        "empty-heading",
        "empty-table-header",
        "table-duplicate-name",
    ),
    *(
        "area-alt",
        "image-alt",
        "image-redundant-alt",
        "input-image-alt",
        "object-alt",
        "role-img-alt",
        "svg-img-alt",
    ),
    *(
        "aria-command-name",
        "aria-dialog-name",
        "aria-input-field-name",
        "aria-meter-name",
        "aria-progressbar-name",
    ),
    *("aria-tab-name", "aria-toggle-field-name", "aria-tooltip-name", "aria-treeitem-name"),
    *(
        "button-name",
        "frame-title",
        "frame-title-unique",
        "input-button-name",
        "label",
        "label-title-only",
    ),
    *("landmark-unique", "link-name", "select-name", "summary-name"),
    *("scrollable-region-focusable", "target-size"),
]
RUN = "async ([within, options]) => (await axe.run(within, options)).violations"


def broken_rules(page, rules, *, without=(), exclude=()):
    """Return each broken rule with what breaks it: [("color-contrast", [".title"])]."""
    # A page that a button leads to may show its text before it has its style sheet.
    page.wait_for_load_state()
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    options["rules"] = {rule: {"enabled": False} for rule in without}
    violations = page.evaluate(RUN, [{"exclude": list(exclude)}, options])
    return [(rule["id"], node["target"]) for rule in violations for node in rule["nodes"]]
