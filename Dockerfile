# syntax=docker/dockerfile:1
# One image for every role of `fettle`: serve, worker, migrate. Built from source; what runs has neither compiler nor shell tools of ours.

FROM rust:1-bookworm AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
RUN apt-get update \
 && apt-get install -y --no-install-recommends npm \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# The tools change seldom, the sources often: tools first, so that their layer is kept.
COPY Cargo.toml ./
COPY scripts/env.sh scripts/setup.sh scripts/
RUN scripts/setup.sh --build-only
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/root/.cache/fettle/target \
    . scripts/env.sh \
 && cargo xtask bundle --release \
 && cargo build --locked --release --package server

FROM debian:bookworm-slim AS run
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin fettle \
 && install -d -o fettle -g fettle /var/lib/fettle/files
COPY --from=build /src/target/release/fettle /usr/local/bin/fettle
COPY --from=build /src/target/site /usr/share/fettle/site
ENV FETTLE_LISTEN=0.0.0.0:3000 \
    FETTLE_SITE_ROOT=/usr/share/fettle/site \
    FETTLE_FILES_DIR=/var/lib/fettle/files \
    FETTLE_LOG_JSON=true
USER fettle
EXPOSE 3000
VOLUME /var/lib/fettle
STOPSIGNAL SIGTERM
# bash speaks HTTP well enough for this; curl would be one more thing to patch.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/3000 && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["fettle"]
CMD ["serve"]
