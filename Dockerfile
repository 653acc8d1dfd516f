# LeadTrac for a server. Build: docker build -t leadtrac .

FROM node:22-bookworm-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.12-slim-bookworm AS packages
RUN python -m venv /venv
COPY requirements/base.txt /tmp/base.txt
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/base.txt

FROM python:3.12-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=leadtrac.settings LEADTRAC_STATIC_ROOT=/app/static-root
RUN useradd --system --uid 10001 --no-create-home leadtrac
WORKDIR /app
COPY --from=packages /venv /venv
COPY --from=assets /app/node_modules node_modules
COPY . .
# Collecting needs settings, not servers: nothing is opened, and none of these values reaches the running container.
RUN LEADTRAC_SECRET_KEY=build DATABASE_URL=postgresql://build@localhost/build REDIS_URL=redis://localhost \
    python manage.py collectstatic --noinput --verbosity 0 \
    && mkdir -p /data/checkpoints /data/drops /backups && chown -R leadtrac /data /backups
USER leadtrac
VOLUME /data /backups
EXPOSE 8000
ENTRYPOINT ["python", "-m", "launcher.container"]
CMD ["web"]
