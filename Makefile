.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test drill check bench screens html format messages compilemessages requirements release

python := .venv/bin/python
uv_compile := .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.12 \
  --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|'

demo: .venv/site ## Run the site on http://localhost:8000 (PORT=), with the meeting's data; SAMPLE=1: a full sample meeting
	@exec $(python) bin/demo.py

demo-reset: .venv/site ## Delete what was done in the demo, and run it again
	@exec $(python) bin/demo.py --reset

test: .venv/tools ## Run every test but the drills on SQLite, then on PostgreSQL with a real browser
	@bin/test

drill: .venv/tools ## Run what takes longer: real processes, killed and at once, on both databases; walks over all pages
	@bin/drill

check: .venv/tools ## Check format and lint (Python, JavaScript, CSS), types, migrations, catalogues, templates, settings
	@bin/check

bench: .venv/tools ## Measure speed and load on both databases, into docs/bench.md; QUICK=1: in minutes
	@bin/bench

screens: .venv/tools ## Take pictures of every page and state, in var/screens; ONLY=home,live LANGUAGES=es WIDTHS=360: some
	@$(python) bin/screens.py

html: .venv/tools ## Check the HTML of every page and state with the W3C's checker (needs java and npx)
	@bin/check-html

format: .venv/tools ## Format code, templates, scripts and style sheets
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/ruff format --quiet .
	@git ls-files -z 'templates/*.html' '*/templates/*.html' | xargs -0 .venv/bin/djade --target-version 6.1
	@if [ -x .venv/bin/biome ]; then .venv/bin/biome check --write; \
	  else echo "Scripts and style sheets are left as they are: biome is for Linux on x86-64 alone."; fi

messages: .venv/tools ## Gather the strings to translate into locale/ (needs gettext)
	@$(python) bin/catalogues.py gather

compilemessages: .venv/tools ## Compile the .po files into the .mo files that the site reads
	@$(python) bin/catalogues.py compile

requirements: .venv/tools ## Pin the newest packages that pyproject.toml allows
	@$(uv_compile) --upgrade --output-file requirements.txt
	@$(uv_compile) --upgrade --extra s3 --output-file requirements-s3.txt
	@$(uv_compile) --upgrade --extra s3 --group dev --output-file requirements-dev.txt

release: ## Cut a release: VERSION=0.5.0 (docs/releasing.md)
	@$(python) bin/release.py "$(VERSION)"

# The virtual environment: with the site's packages, then with those of tests and checks too.

.venv/bin/python:
	@interpreter=$$(bin/find-python) && "$$interpreter" -m venv .venv

.venv/site: requirements.txt | .venv/bin/python
	@$(python) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/tools: requirements-dev.txt | .venv/bin/python
	@$(python) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/site
