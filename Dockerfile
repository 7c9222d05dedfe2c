# Two images from one file: `web` has no vision library, `worker` has the tools and their decoders.
#   docker build --target web -t transom-web .
#   docker build --target worker -t transom-worker .

FROM python:3.13-slim AS source
WORKDIR /src
RUN python -m venv /opt/transom
COPY LICENSE MANIFEST.in README.md pyproject.toml setup.cfg ./
COPY app app
COPY plugins plugins
COPY tasks tasks

FROM node:20-slim AS web-ui
WORKDIR /src
COPY web-ui web-ui
RUN PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm --prefix web-ui ci --no-audit --no-fund \
    && npm --prefix web-ui run build \
    && find app/web_ui -type f \( -name '*.js' -o -name '*.css' \) -exec gzip -9 -k -f {} +

FROM source AS source-with-ui
COPY --from=web-ui /src/app/web_ui app/web_ui

FROM source-with-ui AS web-build
RUN /opt/transom/bin/pip install --no-cache-dir '.[postgres]'

FROM web-build AS worker-build
RUN /opt/transom/bin/pip install --no-cache-dir '.[worker,postgres]'

FROM python:3.13-slim AS base
# The blobs' folder is in the image, so that a new volume mounted there belongs to this user.
RUN useradd --system --uid 10001 --create-home transom \
    && install --directory --owner=transom --group=transom /var/lib/transom /var/lib/transom/blobs
ENV PATH=/opt/transom/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TRANSOM_DATA_DIR=/var/lib/transom \
    TRANSOM_LOG_FORMAT=json
USER transom
WORKDIR /var/lib/transom

FROM base AS worker
COPY --from=worker-build /opt/transom /opt/transom
CMD ["transom", "worker"]

FROM base AS web
COPY --from=web-build /opt/transom /opt/transom
EXPOSE 8000
CMD ["transom", "web"]
