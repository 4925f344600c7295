# docker build -t crossfoot . && docker run --rm -v "$PWD:/data" crossfoot check
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --release --locked --features parquet,engines && strip target/release/crossfoot

FROM debian:bookworm-slim
# git reads old versions of data; the data belongs to somebody outside of the container.
RUN apt-get update && apt-get install -y --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*' \
    && useradd --create-home crossfoot
COPY --from=build /src/target/release/crossfoot /usr/local/bin/crossfoot
USER crossfoot
WORKDIR /data
ENTRYPOINT ["crossfoot"]
