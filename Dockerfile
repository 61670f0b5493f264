# One image for every role; the command names the role:
#   web, worker --lane video, beat, migrate, ... (`soho --help`).
# FFmpeg's libraries come inside PyAV's wheel, so nothing is installed by a system's package manager.

FROM python:3.13.9-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/soho
WORKDIR /source
COPY requirements/ requirements/
# First what changes seldom: the packages, each checked against its hash. Traces are among them (11 MB), off until
# OTEL_EXPORTER_OTLP_ENDPOINT says where to.
RUN /opt/soho/bin/pip install --require-hashes -r requirements/image.txt -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY soho/ soho/
# Extras, such as openai,google or diffusers, bring the packages of providers: --build-arg EXTRAS=openai,google
ARG EXTRAS=""
RUN /opt/soho/bin/pip install --no-build-isolation --no-deps . \
    && if [ -n "$EXTRAS" ]; then /opt/soho/bin/pip install --no-build-isolation ".[$EXTRAS]"; fi \
    && /opt/soho/bin/pip uninstall --yes hatchling editables pip \
    && SOHO_HOME=/tmp/build SOHO_STATIC=/opt/soho/static DJANGO_SETTINGS_MODULE=soho.config.settings \
        /opt/soho/bin/python -m django collectstatic --no-input --verbosity 0 \
    && rm -rf /tmp/build \
    && /opt/soho/bin/python -m compileall -q /opt/soho/lib

FROM python:3.13.9-slim-trixie
RUN groupadd --gid 10001 soho \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/soho --shell /usr/sbin/nologin soho \
    && install --directory --owner soho --group soho --mode 0700 /var/lib/soho
COPY --from=build /opt/soho /opt/soho
ENV PATH=/opt/soho/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8080 \
    SOHO_HOME=/var/lib/soho \
    SOHO_STATIC=/opt/soho/static \
    SOHO_LOG_JSON=1
# The root file system may be read-only: work under way lies in SOHO_HOME, which is a volume or memory.
VOLUME /var/lib/soho
WORKDIR /var/lib/soho
USER 10001:10001
EXPOSE 8080
# Fits the default command. Another role brings its own, such as `soho probe worker --lane video`.
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s --retries=3 CMD ["soho", "probe", "web"]
ENTRYPOINT ["soho"]
CMD ["web"]
