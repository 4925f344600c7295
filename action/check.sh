#!/usr/bin/env bash
# Runs the checks. Writes annotations and the job summary, a SARIF file, and the outputs `status` and
# `sarif`. Always succeeds: the action ends with the status after the file was uploaded.
set -euo pipefail

# The words of CROSSFOOT_ARGS; quotes hold words together, nothing is expanded.
args=${CROSSFOOT_ARGS:-}
words=()
if [ -n "${args//[[:space:]]/}" ]; then
    lines=$(printf '%s\n' "$args" | xargs -n 1 printf '%s\n')
    while IFS= read -r word; do
        words+=("$word")
    done <<<"$lines"
fi

# Checked out is most often the merge of the pull request into its target: the first parent is the
# target as it was merged, and needs no more than `fetch-depth: 2`. Else the target as the event names
# it, and crossfoot looks for the commit where the branch left it.
since=${CROSSFOOT_SINCE:-}
if [ -z "$since" ] && [ -n "${CROSSFOOT_BASE:-}" ]; then
    second=$(git rev-parse --quiet --verify 'HEAD^2^{commit}' || true)
    if [ -n "$second" ] && [ "$second" = "${CROSSFOOT_HEAD:-}" ]; then
        since='HEAD^1'
    else
        since=$CROSSFOOT_BASE
        # Where git reads nothing at all, crossfoot says why.
        if git rev-parse HEAD >/dev/null 2>&1 && ! git cat-file -e "$since^{commit}" 2>/dev/null
        then
            echo "::error title=crossfoot::The target of the pull request is not checked out: give" \
                "actions/checkout \`fetch-depth: 2\`, or 0 where it checks out the branch itself"
            echo "status=2" >>"$GITHUB_OUTPUT"
            exit 0
        fi
    fi
fi
if [ -n "$since" ] && [ "$since" != none ]; then
    words+=(--since "$since")
fi

sarif="$RUNNER_TEMP/crossfoot.sarif"
rm -f "$sarif"
status=0
# GitHub knows no accepted findings, and would open an alert for each.
crossfoot check ${words[@]+"${words[@]}"} --format github --format "sarif=$sarif" \
    --accepted sarif=omit || status=$?
echo "status=$status" >>"$GITHUB_OUTPUT"
if [ -s "$sarif" ]; then
    echo "sarif=$sarif" >>"$GITHUB_OUTPUT"
fi
