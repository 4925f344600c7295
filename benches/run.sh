#!/usr/bin/env bash
# Runs the benchmarks: makes the data, alternates the programs (A B A B …), compares what crossfoot
# finds with what was planted, and writes a table of medians.
#
#   benches/run.sh [-n ROWS] [-r RUNS] [-c CORES] [-b BOUND] [-p PEERS] [-w "w hard keys dense"]
#
#   -n  rows of W and of the keys; the hard workload has a 50th of them   [1000000]
#   -r  runs of each program                                             [5]
#   -c  two cores that everything is bound to                            [0,1]
#   -b  folder of a hand-written program for W (a cargo package that is run as: bound DIR THREADS --quiet)
#   -p  folder of programs for W in other tools (python3 NAME_w.py DIR)
#
# Needs cargo, taskset and GNU time; -p needs python3 with what those programs import.
set -euo pipefail
cd "$(dirname "$0")/.."
rows=1000000 runs=5 cores=0,1 bound= peers= which="w hard keys dense"
while getopts n:r:c:b:p:w: option; do
  case $option in
    n) rows=$OPTARG ;; r) runs=$OPTARG ;; c) cores=$OPTARG ;; b) bound=$OPTARG ;; p) peers=$OPTARG ;; w) which=$OPTARG ;;
    *) sed -n '2,14p' "$0" | cut -c3- >&2; exit 2 ;;
  esac
done
for tool in taskset /usr/bin/time; do
  command -v $tool >/dev/null || { echo "$tool is missing: install util-linux and GNU time" >&2; exit 2; }
done

cargo build --release --quiet --bin crossfoot --example workload
program=target/release/crossfoot work=target/release/examples/workload out=target/bench
mkdir -p $out
TIMEFORMAT='%3R %3U %3S' # of bash: GNU time tells hundredths only
names=() commands=()
add() { names+=("$1"); commands+=("$2"); }

make_data() { # kind rows rate folder
  [ -f "$4/truth.json" ] || $work "$1" "$2" "$4" "$3"
}

# Runs everything that was added, in turns, and prints a row for each; the first row is the measure.
measure() { # title, bytes
  local i r
  rm -f $out/times.*
  for ((i = 0; i < ${#names[@]}; i++)); do ${commands[$i]} >/dev/null 2>&1 || true; done # warms the cache
  for ((r = 0; r < runs; r++)); do
    for ((i = 0; i < ${#names[@]}; i++)); do
      { time taskset -c "$cores" /usr/bin/time -q -o $out/peak -f %M ${commands[$i]} >/dev/null 2>&1; } 2>$out/time || true
      echo "$(cat $out/time) $(cat $out/peak)" >>$out/times.$i
    done
  done
  printf '\n%s, %s MB, %s runs of each in turns, medians\n\n' "$1" $(($2 / 1000000)) "$runs"
  printf '| program | wall s | processor s | peak MB | GB/s | wall, times the first | processor, times the first |\n|---|---:|---:|---:|---:|---:|---:|\n'
  local first_wall= first_cpu=
  for ((i = 0; i < ${#names[@]}; i++)); do
    read -r wall cpu peak < <(awk '{ w[NR] = $1; c[NR] = $2 + $3; m[NR] = $4 } function median(a, n,   i, j, t) { for (i = 2; i <= n; i++) for (j = i; j > 1 && a[j-1] > a[j]; j--) { t = a[j]; a[j] = a[j-1]; a[j-1] = t } return n % 2 ? a[(n+1)/2] : (a[n/2] + a[n/2+1]) / 2 } END { print median(w, NR), median(c, NR), median(m, NR) }' $out/times.$i)
    first_wall=${first_wall:-$wall} first_cpu=${first_cpu:-$cpu}
    awk -v name="${names[$i]}" -v w="$wall" -v c="$cpu" -v m="$peak" -v bytes="$2" -v fw="$first_wall" -v fc="$first_cpu" \
      'BEGIN { printf "| %s | %.3f | %.3f | %.0f | %.2f | %.2f | %.2f |\n", name, w, c, m / 1024, (w > 0 ? bytes / w / 1e9 : 0), (fw > 0 ? w / fw : 0), (fc > 0 ? c / fc : 0) }'
  done
  names=() commands=()
}

compare() { # folder findings
  echo "places: $($work compare "$1" "$2")"
}

if [[ " $which " == *" w "* ]]; then
  d=$out/w-$rows
  make_data w "$rows" 1e-5 $d
  data="--data data=$d/data.csv --data regions=$d/regions.csv --data totals=$d/totals.csv"
  sed 's/, unique = true//' benches/w.toml > $out/w-rows.toml
  if [ -n "$bound" ]; then
    cargo build --release --quiet --manifest-path "$bound/Cargo.toml" --target-dir $out/bound
    add "by hand, 2 threads" "$out/bound/release/bound $d 2 --quiet"
  fi
  add "crossfoot -j2" "$program check benches/w.toml $data -j2 -f json=$d/found.json -q"
  add "crossfoot -j1" "$program check benches/w.toml $data -j1 -f json=$d/found-1.json -q"
  add "crossfoot -j2, row by row checks only" "$program check $out/w-rows.toml $data -j2 -f json=$d/rows.json -q -k !region-totals -k !starts-do-not-go-back"
  add "crossfoot -j2, structure only" "$program check $d/data.csv -j2 -q"
  if [ -n "$peers" ]; then
    for peer in "$peers"/*_w.py; do
      name=$(basename "$peer" .py)
      if PYTHONPATH="$peers" python3 "$peer" $d >/dev/null 2>&1; then add "$name" "python3 $peer $d"; else echo "$name does not run here" >&2; fi
    done
  fi
  measure "W, $rows rows" "$(stat -c %s $d/data.csv)"
  compare $d $d/found.json
  cmp $d/found.json $d/found-1.json && echo "-j1 and -j2 write the same bytes"
fi

if [[ " $which " == *" dense "* ]]; then
  n=$((rows < 1000000 ? rows : 1000000))
  for rate in 0 1e-2; do make_data w "$n" $rate $out/w-$n-$rate; done
  for rate in 0 1e-2; do
    d=$out/w-$n-$rate
    data="--data data=$d/data.csv --data regions=$d/regions.csv --data totals=$d/totals.csv"
    add "rate $rate, the first 20 of each check" "$program check benches/w.toml $data -j2 -f concise -q"
    add "rate $rate, all as JSON" "$program check benches/w.toml $data -j2 -f json=$d/found.json -q"
  done
  measure "W, $n rows, no cell and one in a hundred failing" "$(stat -c %s $out/w-$n-0/data.csv)"
  compare $out/w-$n-1e-2 $out/w-$n-1e-2/found.json
fi

if [[ " $which " == *" hard "* ]]; then
  n=$((rows / 50 < 1000 ? 1000 : rows / 50)) d=$out/hard-$((rows / 50))
  make_data hard $n 1e-4 $d
  data="--data ledger=$d/ledger.csv --data accounts=$d/accounts.csv"
  add "crossfoot -j2" "$program check benches/hard.toml $data -j2 -f json=$d/found.json -q"
  add "crossfoot -j1" "$program check benches/hard.toml $data -j1 -f json=$d/found-1.json -q"
  add "crossfoot -j2, structure only" "$program check $d/ledger.csv -j2 -q"
  measure "hard, $n rows" "$(stat -c %s $d/ledger.csv)"
  compare $d $d/found.json
fi

if [[ " $which " == *" keys "* ]]; then
  d=$out/keys-$rows
  make_data keys "$rows" 1e-6 $d
  cat > $out/keys.py <<'PY'
import sys, duckdb
connection = duckdb.connect()
connection.execute("set threads = 2")
types = {"key": "VARCHAR", **{f"c{n}": "VARCHAR" for n in range(1, 10)}}
query = f"select key from read_csv('{sys.argv[1]}', header = true, auto_detect = false, delim = ',', quote = '\"', columns = {types}) group by key having count(*) > 1"
print(len(connection.execute(query).fetchall()))
PY
  if python3 -c 'import duckdb' 2>/dev/null; then add "DuckDB, keys only, without places" "python3 $out/keys.py $d/keys.csv"; fi
  add "crossfoot -j2" "$program check benches/keys.toml --data keys=$d/keys.csv -j2 -f json=$d/found.json -q"
  add "crossfoot -j1" "$program check benches/keys.toml --data keys=$d/keys.csv -j1 -f json=$d/found-1.json -q"
  measure "unique keys, $rows rows" "$(stat -c %s $d/keys.csv)"
  compare $d $d/found.json
fi
