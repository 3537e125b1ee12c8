# One image, three commands: serve (the default), worker and replay.
#
#   docker build -t careladder .
#   docker run -p 8080:8080 -e CDS_CLIENTS=/etc/careladder/clients.toml \
#       -v ./clients.toml:/etc/careladder/clients.toml:ro careladder
#   docker run --health-cmd "cds healthcheck --worker" -e CDS_REDIS_URL -e CDS_SECRET_KEY \
#       careladder worker
#   docker run -v ./stories:/stories:ro careladder replay /stories
#
# Inside the container the service listens on every address, so callers have to be known.
# deploy/ has more than one container: Compose and Kubernetes.

FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/careladder
ENV PATH=/opt/careladder/bin:$PATH
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY cds cds
COPY workers workers
# What only building needs goes again: the second stage copies the rest.
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
    && pip uninstall --yes editables hatchling pathspec pluggy tomlkit trove-classifiers pip

FROM python:3.13-slim
RUN groupadd --system --gid 10001 careladder \
    && useradd --system --uid 10001 --gid 10001 --create-home --home-dir /var/lib/careladder careladder
COPY --from=build /opt/careladder /opt/careladder
ENV PATH=/opt/careladder/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CDS_HOST=0.0.0.0 \
    CDS_AUTH=required \
    CDS_DATA_DIR=/var/lib/careladder
WORKDIR /var/lib/careladder
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["cds", "healthcheck"]
ENTRYPOINT ["cds"]
CMD ["serve"]
