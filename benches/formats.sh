#!/usr/bin/env bash
# The same rows in each format that is read: makes the data, runs ten checks over them, and writes a
# table of wall time and peak memory, beside CSV.
#
#   benches/formats.sh [-n ROWS] [-r RUNS]
#
#   -n  rows                  [1000000]
#   -r  runs of each format   [5]
#
# Needs cargo, awk and GNU time. The rows are the same each time.
set -euo pipefail
cd "$(dirname "$0")/.."
rows=1000000 runs=5
while getopts n:r: option; do
  case $option in
    n) rows=$OPTARG ;; r) runs=$OPTARG ;;
    *) sed -n '2,10p' "$0" | cut -c3- >&2; exit 2 ;;
  esac
done
[ -x /usr/bin/time ] || { echo "/usr/bin/time is missing: install GNU time" >&2; exit 2; }

cargo build --release --quiet --bin crossfoot
program=$PWD/target/release/crossfoot d=target/bench/formats-$rows
mkdir -p "$d"

if [ ! -f "$d/done" ]; then
  awk -v rows="$rows" -v d="$d" 'BEGIN {
    srand(7)
    csv = d "/t.csv"; nd = d "/t.ndjson"; js = d "/t.json"; env = d "/envelope.json"
    print "id,region,day,net,tax,gross,pieces,note" > csv
    print "[" > js
    print "{\"year\": 2026, \"rows\": [" > env
    for (n = 1; n <= rows; n++) {
      net = int(rand() * 1000000); tax = int(rand() * 100000)
      region = sprintf("region %03d", int(rand() * 500))
      day = sprintf("2026-%02d-%02d", 1 + int(rand() * 12), 1 + int(rand() * 28))
      pieces = int(rand() * 90) + 1; note = n % 3 ? "as ordered" : ""
      printf "%d,%s,%s,%.2f,%.2f,%.2f,%d,%s\n", n, region, day, net/100, tax/100, (net+tax)/100, pieces, note > csv
      row = sprintf("{\"id\":%d,\"region\":\"%s\",\"day\":\"%s\",\"net\":%.2f,\"tax\":%.2f,\"gross\":%.2f,\"pieces\":%d,\"note\":\"%s\"}", n, region, day, net/100, tax/100, (net+tax)/100, pieces, note)
      print row > nd
      print row (n < rows ? "," : "") > js
      print row (n < rows ? "," : "") > env
    }
    print "]" > js
    print "], \"currency\": \"EUR\"}" > env
  }'
  touch "$d/done"
fi

rules() { # file, where its rows are
  cat <<RULES
[data.t]
path = "$1"
$2
[data.t.columns]
id     = { type = "integer", required = true, unique = true }
region = { required = true, max_length = 10 }
day    = { type = "date", min = "2026-01-01", max = "2026-12-31" }
net    = { type = "number", min = 0 }
tax    = { type = "number" }
gross  = { type = "number" }
pieces = { type = "integer", min = 1, max = 99 }
[check.gross]
each = "t"
assert = "gross = net + tax"
[check.sums]
each = "t by region"
assert = ["sum(gross) = sum(net) + sum(tax)", "count(id) > 0"]
[check.rising]
each = "t"
assert = "id > prev(id)"
RULES
}
rules t.csv "" > "$d/csv.toml"
rules t.ndjson "" > "$d/ndjson.toml"
rules t.json "" > "$d/json.toml"
rules envelope.json 'at = "/rows/*"' > "$d/envelope.toml"

median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
for format in csv ndjson json envelope; do : > "$d/$format.times"; done
for _ in $(seq "$runs"); do
  for format in csv ndjson json envelope; do
    /usr/bin/time -f '%e %M' -o "$d/time" "$program" check "$d/$format.toml" -q > /dev/null || true
    tail -n 1 "$d/time" >> "$d/$format.times"
  done
done
base=$(cut -d' ' -f1 "$d/csv.times" | median)
echo "| format | wall s | times CSV | peak MB |"
echo "|---|---:|---:|---:|"
for format in csv ndjson json envelope; do
  wall=$(cut -d' ' -f1 "$d/$format.times" | median) peak=$(cut -d' ' -f2 "$d/$format.times" | median)
  awk -v f="$format" -v w="$wall" -v b="$base" -v p="$peak" \
    'BEGIN { printf "| %s | %.2f | %.2f | %d |\n", f, w, w / b, p / 1024 }'
done
