"""Print a completion script for a shell, made from the commands' own options.

Load it once in a session with `source`, or put it where the shell looks for
completions.
"""

import argparse
import sys

from .. import completion
from ..errors import OK

EXAMPLES = """
source <(llmops completion bash)
llmops completion zsh > "${fpath[1]}/_llmops"
llmops completion fish > ~/.config/fish/completions/llmops.fish
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=sorted(completion.SHELLS), help="which shell")


def run(args: argparse.Namespace) -> int:
    sys.stdout.write(completion.SHELLS[args.shell](completion.commands()))
    return OK
