#!/usr/bin/env bash
# Counts instructions, so that two commits can be compared on any machine: for each part of the work
# on W how many there are in all and for each row, and for each module its share.
#
#   benches/callgrind.sh [-n ROWS]
#
# Needs cargo and valgrind. The same commit gives nearly the same numbers each time.
set -euo pipefail
cd "$(dirname "$0")/.."
rows=100000
while getopts n: option; do
  case $option in
    n) rows=$OPTARG ;;
    *) sed -n '2,7p' "$0" | cut -c3- >&2; exit 2 ;;
  esac
done
command -v valgrind >/dev/null || { echo "valgrind is missing: install it" >&2; exit 2; }

cargo build --release --quiet --bin crossfoot --example workload
program=target/release/crossfoot out=target/bench d=target/bench/w-$rows
mkdir -p $out
[ -f $d/truth.json ] || target/release/examples/workload w "$rows" $d 1e-5
data="--data data=$d/data.csv --data regions=$d/regions.csv --data totals=$d/totals.csv"
sed 's/, unique = true//' benches/w.toml > $out/w-rows.toml

count() { # name, arguments of `crossfoot check`
  local name=$1 total
  shift
  valgrind --tool=callgrind --callgrind-out-file=$out/callgrind.out $program check "$@" -j1 -q >/dev/null 2>$out/callgrind.log || true
  total=$(awk '/^(summary|totals):/ { print $2; exit }' $out/callgrind.out)
  awk -v name="$name" -v total="$total" -v rows="$rows" 'BEGIN { printf "| %s | %.1f | %.0f |\n", name, total / 1e6, total / rows }'
}

printf 'W, %s rows, one worker\n\n| what | million instructions | for each row |\n|---|---:|---:|\n' "$rows"
count "start and headers" --help
count "structure only" $d/data.csv
count "unique keys" benches/w.toml $data -k data.id
count "members of another table" benches/w.toml $data -k data.region
count "a pattern" benches/w.toml $data -k data.name
count "a sum of columns" benches/w.toml $data -k parts-make-the-total
count "dates in order within a row" benches/w.toml $data -k dates-in-order
count "dates in order within a group" benches/w.toml $data -k starts-do-not-go-back
count "sums by group, compared with a table" benches/w.toml $data -k region-totals
count "row by row checks" $out/w-rows.toml $data -k '!region-totals' -k '!starts-do-not-go-back'
count "all twelve checks" benches/w.toml $data

printf '\n| module, all twelve checks | million instructions | share %% |\n|---|---:|---:|\n'
callgrind_annotate --threshold=100 --auto=no --show-percs=no $out/callgrind.out | awk '
  $1 ~ /^[0-9,]+$/ && $2 !~ /^PROGRAM/ {
    n = $1; gsub(",", "", n); module = "libraries"
    # The longest name counts: engine/fast, not engine.
    if ($2 !~ /\.cargo|rustc|registry/ && match($2, /src\/((engine|read|findings|files)\/[a-z_]+|[a-z_]+)[\/.:]/)) {
      module = substr($2, RSTART + 4, RLENGTH - 5)
    }
    sum[module] += n; all += n
  }
  END { for (module in sum) printf "%.1f\t| %s | %.1f | %.1f |\n", sum[module], module, sum[module] / 1e6, 100 * sum[module] / all }' | sort -rn | cut -f2- | awk '{ if ($0 !~ /\| 0\.0 \|$/) print }'
