"""Print a completion script for a shell, made from the commands' own options.

Load it once in a session with `source`, or put it where the shell looks for
completions.
"""

import argparse

from .. import completion, options
from ..errors import OK
from ..storage import create

EXAMPLES = """
source <(llmops completion bash)
llmops completion zsh > "${fpath[1]}/_llmops"
llmops completion fish > ~/.config/fish/completions/llmops.fish
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=sorted(completion.SHELLS), help="which shell")
    options.add_output(parser, "the script")


def run(args: argparse.Namespace) -> int:
    with create(args.output) as output:
        output.write(completion.SHELLS[args.shell](completion.commands()).encode())
    return OK
