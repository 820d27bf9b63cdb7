#!/usr/bin/env bash
# Collects the window's texts, the words of the bundled packs and the core's sentences into resources/translations/*.ts,
# and compiles these into the *.qm that the program loads; sentences.json there is what the window knows sentences by.
#
#     packaging/translations.sh [LANGUAGE]...      without a language: all that there are
#
# Texts that are gone are dropped, new ones come in unfinished: translate them with pyside6-linguist, or by hand, and
# run this again. tests/studio/ui/test_language.py tells what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${PYSIDE_BIN:-.venv/bin}
folder=resources/translations
words=$(mktemp --suffix=.py)
trap 'rm -f "$words"' EXIT
"$bin/python" packaging/words.py --sentences >"$words"
cat "$words" >"$folder/sentences.json"
"$bin/python" packaging/words.py >"$words"
languages=("$@")
[ ${#languages[@]} -gt 0 ] || for file in "$folder"/*.ts; do languages+=("$(basename "$file" .ts)"); done
for language in "${languages[@]}"; do
    # Without places in the source, a file changes only where a text does.
    "$bin/pyside6-lupdate" -no-obsolete -locations none -source-language en -target-language "$language" \
        diti_studio/ui/*.py "$words" -ts "$folder/$language.ts"
    "$bin/pyside6-lrelease" -silent "$folder/$language.ts" -qm "$folder/$language.qm"
done
