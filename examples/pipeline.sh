#!/usr/bin/env bash
# The six filters in a pipe, from a month of logs to its report. Runs from a checkout, with nothing installed.
# Each step could as well write a file, or run on another machine: what goes through the pipe is JSON, a record a line.
set -euo pipefail
cd "$(dirname "$0")/.."
llmops() { python3 -m llmops_cli "$@"; }

llmops ingest examples/logs/*.jsonl.gz |    # any log to events
  llmops sanitize -q |                      # personal data and secrets out
  llmops assemble |                         # events to conversations
  llmops classify -q |                      # what each is about
  llmops aggregate --partial |              # counts, in a form that can be added
  llmops report                             # for people
