#!/usr/bin/env bash
# Workload W where the data is: makes the rows, puts them into each engine, runs the checks there, and compares what
# crossfoot finds, by key, with what was planted. Prints a table: wall time, rows moved, peak memory.
#
#   benches/engines.sh [-n ROWS] [-p PROGRAM] [-e "duckdb-csv duckdb-parquet postgresql spark"]
#
#   -n  rows of W                                            [1000000]
#   -p  the crossfoot to run                                 [built here, in release]
#   -e  engines                                              ["duckdb-csv duckdb-parquet postgresql"]
#
# Needs what .ci/engines puts into target/engines, and PostgreSQL; for spark also Java, and pyspark in
# target/engines/spark (a virtual environment). Ragged records are left out: a database has none.
set -euo pipefail
cd "$(dirname "$0")/.."
rows=1000000 program= which="duckdb-csv duckdb-parquet postgresql"
while getopts n:p:e: option; do
  case $option in
    n) rows=$OPTARG ;; p) program=$OPTARG ;; e) which=$OPTARG ;;
    *) sed -n '2,12p' "$0" | cut -c3- >&2; exit 2 ;;
  esac
done
engines=$PWD/target/engines
[ -e "$engines/drivers/duckdb.toml" ] || { echo "run .ci/engines once: it gets the drivers" >&2; exit 2; }
if [ -z "$program" ]; then
  cargo build --release --quiet --features engines --bin crossfoot
  program=target/release/crossfoot
fi
data=target/bench/w-$rows
if [ ! -f "$data/truth.json" ]; then
  cargo build --release --quiet --example workload
  target/release/examples/workload w "$rows" "$data" 1e-5
fi
export ADBC_DRIVER_PATH=$engines/drivers VIRTUAL_ENV=$engines/venv
servers=$(mktemp -d)
stop() {
  [ ! -d "$servers/db" ] || "${as[@]}" "$bin/pg_ctl" -D "$servers/db" -m immediate stop >/dev/null 2>&1 || true
  [ ! -f "$servers/spark" ] || kill "$(cat "$servers/spark")" 2>/dev/null || true
  rm -rf "$servers"
}
trap stop EXIT
free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
as=()
if [[ " $which " == *" postgresql "* ]]; then
  bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | tail -1)")
  # The server refuses to run as root.
  if [ "$(id -u)" -eq 0 ]; then
    chown postgres "$servers"
    as=(runuser -u postgres --)
  fi
  port=$(free)
  "${as[@]}" "$bin/initdb" -D "$servers/db" -U postgres --auth=trust --no-sync --locale=C.UTF-8 >/dev/null
  "${as[@]}" "$bin/pg_ctl" -D "$servers/db" -l "$servers/log" -w -o \
    "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_wal_size=4GB" start >/dev/null
  export CROSSFOOT_POSTGRESQL=postgresql://postgres@127.0.0.1:$port/postgres
fi
if [[ " $which " == *" spark "* ]]; then
  port=$(free)
  home=$(echo "$engines"/spark/lib/python*/site-packages/pyspark)
  # Two executors, each a Java machine of its own.
  "$home/bin/spark-submit" --master 'local-cluster[2,1,1024]' --driver-memory 1g \
    --conf spark.connect.grpc.binding.port="$port" --conf spark.ui.enabled=false \
    --conf spark.sql.warehouse.dir="$servers/warehouse" \
    --class org.apache.spark.sql.connect.service.SparkConnectServer >"$servers/spark.log" 2>&1 &
  echo $! >"$servers/spark"
  for ((i = 0; i < 120; i++)); do
    (echo >"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 1
  done
  export CROSSFOOT_SPARK=sc://127.0.0.1:$port
fi
"$engines/venv/bin/python" benches/engines.py "$program" "$data" $which
