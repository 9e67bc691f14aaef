# The site with everything it needs except a database; web and worker use the same image.
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
ENV STATIC_ROOT=/app/staticfiles DATA_DIR=/data HOME=/tmp
# Two heaps for all threads, instead of one each, save about 12 MB.
ENV MALLOC_ARENA_MAX=2

WORKDIR /app

# Before the code is copied, so that a change of code does not install the packages again.
# With the packages of object storage (STORAGE_URL), but of Amazon's 400 services only the storage and
# what gives keys to it: 6 MB instead of 34.
COPY requirements-s3.txt .
RUN pip install --require-hashes --only-binary :all: -r requirements-s3.txt \
 && find "$(python -c 'import botocore; print(*botocore.__path__)')/data" -mindepth 1 -maxdepth 1 \
    -type d ! -name s3 ! -name sts ! -name sso ! -name sso-oidc -exec rm -r {} +

COPY . .

# Style sheets, scripts and fonts are part of the image: /app is read-only when it runs.
# The variables are only placeholders: they are set when the container starts.
RUN SECRET_KEY=unused-but-as-long-as-the-settings-ask-a-key-to-be ALLOWED_HOSTS=unused \
    SITE_URL=http://unused MAIL_URL=console: DEFAULT_FROM_EMAIL=unused DATA_DIR=/tmp \
    python manage.py collectstatic --noinput --verbosity 0 \
 && python -m compileall -q eim programme registration \
 && useradd --system --uid 10001 --no-create-home eim \
 && mkdir -m 700 /data && chown eim /data

USER eim
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "bin/healthcheck.py"]

CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--no-control-socket"]
