.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test drill check bench screens html format messages compilemessages requirements

python := .venv/bin/python
uv_compile := .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.12 \
  --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|'

demo: .venv/site ## The site on http://localhost:8000 (PORT=), with the meeting's data; SAMPLE=1: a full sample meeting
	@exec $(python) bin/demo.py

demo-reset: .venv/site ## The same, with everything in it started anew
	@exec $(python) bin/demo.py --reset

test: .venv/tools ## Every test but the drills, on SQLite and on PostgreSQL, with a real browser
	@bin/test

drill: .venv/tools ## Site and worker as real processes, killed and at once, on both databases
	@bin/drill

check: .venv/tools ## Format and lint (Python, JavaScript, CSS), types, migrations, catalogues, templates, settings
	@bin/check

bench: .venv/tools ## What it costs and withstands, on both databases, into docs/bench.md; QUICK=1: in short
	@bin/bench

screens: .venv/tools ## Pictures of every page and state, in var/screens; ONLY=home,live LANGUAGES=es WIDTHS=360: some
	@$(python) bin/screens.py

html: .venv/tools ## The HTML of every page and state through the W3C's checker (needs java and npx)
	@bin/check-html

format: .venv/tools ## Puts code, templates, scripts and style sheets into shape
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/ruff format --quiet .
	@git ls-files -z 'templates/*.html' '*/templates/*.html' | xargs -0 .venv/bin/djade --target-version 6.1
	@if [ -x .venv/bin/biome ]; then .venv/bin/biome check --write; \
	  else echo "Scripts and style sheets are left as they are: biome is for Linux on x86-64 alone."; fi

messages: .venv/tools ## Gathers the strings to translate into locale/ (needs gettext)
	@$(python) bin/catalogues.py gather

compilemessages: .venv/tools ## Makes the .mo files that the site reads from the .po files
	@$(python) bin/catalogues.py compile

requirements: .venv/tools ## Pins the newest packages that pyproject.toml allows
	@$(uv_compile) --upgrade --output-file requirements.txt
	@$(uv_compile) --upgrade --group dev --output-file requirements-dev.txt

# What the site needs; and with it what its tests and checks need.

.venv/bin/python:
	@interpreter=$$(bin/find-python) && "$$interpreter" -m venv .venv

.venv/site: requirements.txt | .venv/bin/python
	@$(python) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/tools: requirements-dev.txt | .venv/bin/python
	@$(python) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/site
