"""What axe finds wrong with a page as it stands, once its script has been run there."""

from axe_playwright_python.sync_playwright import Axe

SCRIPT = Axe().axe_script
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "async ([within, options]) => (await axe.run(within, options)).violations"


def broken_rules(page, rules, *, without=(), exclude=()):
    """[("color-contrast", [".title"])]: each rule, and what breaks it."""
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    options["rules"] = {rule: {"enabled": False} for rule in without}
    violations = page.evaluate(RUN, [{"exclude": list(exclude)}, options])
    return [(rule["id"], node["target"]) for rule in violations for node in rule["nodes"]]
