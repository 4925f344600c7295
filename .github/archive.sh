#!/usr/bin/env bash
# Packs the program of a wheel in dist/ with its licences, documents and completions. Needs TARGET.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
name="crossfoot-$version-$TARGET"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
folder="$scratch/$name"
mkdir -p "$folder/completions"
python3 -m zipfile -e dist/crossfoot-*.whl "$scratch/wheel"
for program in "$scratch"/wheel/crossfoot-*.data/scripts/crossfoot*; do
    cp "$program" "$folder/"
    chmod +x "$folder/$(basename "$program")"
done
cp README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$folder/"
# A program for another machine can't be asked for its completions.
for shell in bash zsh fish powershell; do
    "$folder/crossfoot" completions "$shell" >"$folder/completions/crossfoot.$shell" 2>/dev/null ||
        rm -f "$folder/completions/crossfoot.$shell"
done
case "$TARGET" in
*windows*) python3 -m zipfile -c "dist/$name.zip" "$folder" ;;
*) tar -C "$scratch" -czf "dist/$name.tar.gz" "$name" ;;
esac
