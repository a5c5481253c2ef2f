# zpoints as a server for others. Every step is one of the scripts in deploy/, which work without containers, too.
#   docker build -t zpoints . && docker run --read-only --tmpfs /tmp -v zpoints:/data -p 127.0.0.1:8501:8501 zpoints
FROM python:3.11-slim-bookworm AS build
ARG EXTRAS=""
COPY . /src
RUN ZPOINTS_EXTRAS="$EXTRAS" /src/deploy/install.sh /src /opt/zpoints

FROM python:3.11-slim-bookworm
COPY --from=build /opt/zpoints /opt/zpoints
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin zpoints && install -d -o zpoints -g zpoints /data
ENV ZPOINTS_HOME=/data PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["/opt/zpoints/deploy/health.sh"]
ENTRYPOINT ["/opt/zpoints/deploy/start.sh"]
