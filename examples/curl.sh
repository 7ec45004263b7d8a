#!/usr/bin/env bash
# bash examples/curl.sh
set -euo pipefail
url="${SIGNALBOX_URL:-http://127.0.0.1:8787/v1}"
key="${SIGNALBOX_KEY:-none}" # One of `keys:`, if there are any.

# An answer, and the headers that tell who gave it.
curl -sS -i "$url/chat/completions" \
  -H "authorization: Bearer $key" -H 'content-type: application/json' \
  -d '{"model":"auto","messages":[{"role":"user","content":"Say hello in one sentence."}]}'
echo

# A stream.
curl -sS -N "$url/chat/completions" \
  -H "authorization: Bearer $key" -H 'content-type: application/json' \
  -d '{"model":"auto","stream":true,"messages":[{"role":"user","content":"Say hello in one sentence."}]}'

# The models that there are.
curl -sS "$url/models" -H "authorization: Bearer $key"
echo
