"""`python3 -m llmops_cli COMMAND`: the program from a checkout, with nothing installed."""

from .cli import entry

if __name__ == "__main__":
    entry()
