#!/bin/sh
# Packs the functions for AWS Lambda, the same bytes every time: examples/aws/package-lambda.sh FILE.zip, from the top of the checkout.
# Nothing is installed into it: the package needs no other.
set -eu
target=${1:?usage: package-lambda.sh FILE.zip}
python3 - "$target" <<'PACK'
import sys
import zipfile
from pathlib import Path

with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
    for path in sorted(Path("llmops_cli").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and "corpus" not in path.parts:
            entry = zipfile.ZipInfo(path.as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
PACK
echo "$target"
