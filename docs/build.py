"""Write what the documentation takes from the program itself: `python3 docs/build.py`. With --check, exit 1 when a page is stale.

docs/commands.md comes from the commands' own parsers and docs/api.md from the OpenAPI document, whole; the tables between two
marks of docs/formats.md come from the formats, those of docs/providers.md from the table of prices.
"""

import argparse
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from llmops_cli import cli, config, errors, options  # noqa: E402

HEAD = """\
# Commands

<!-- Written by docs/build.py from the commands themselves; edit those. -->

Every command reads files or standard input and writes standard output; all else goes to standard error. The same word
means the same on every command, and there are no abbreviations. `llmops COMMAND --help` says what stands here.

Exit status: 0 fine, 1 the answer is "no" or something was found, 2 it failed, 3 it finished but not whole, 130 interrupted,
141 the reader of the pipe went away. Of several, 2 goes before 1, 1 before 3, 3 before 0.

"""

SHARED = ("quiet", "verbose", "color", "config", "help")     # options that every command has


def page() -> str:
    """The whole of docs/commands.md."""
    parsers = [(name, about, cli.module_of(name), options.parser_for(cli.module_of(name))) for name, _, about in cli.COMMANDS]
    parts = [HEAD, "".join(f"- [`llmops {name}`](#llmops-{name}): {about}\n" for name, about, _, _ in parsers)]
    parts.append("\n## On every command\n\n" + table(action for action in parsers[0][3]._actions if action.dest in SHARED))
    for name, _, module, parser in parsers:
        parts.append(f"\n## `llmops {name}`\n\n```text\n{module.__doc__.strip()}\n```\n\n{command(f'llmops {name}', parser)}"
                     f"\n```sh\n{module.EXAMPLES.strip()}\n```\n")
    parts.append("\n## Settings\n\nEach can stand in `./llmops.toml` or `$XDG_CONFIG_HOME/llmops/config.toml` (`command.option` is `option` in the\n"
                 "table `[command]`) or in the environment. A flag goes before the environment, that before the nearer file.\n\n"
                 "| setting | variable | default | what it is |\n|---|---|---|---|\n")
    parts += [f"| `{setting.key}` | `{setting.variable}` | {code(setting.default or '')} | {cell(setting.about)} |\n" for setting in config.SETTINGS]
    parts.append("\nSecrets come from the environment alone:\n\n| variable | what it is |\n|---|---|\n")
    parts += [f"| `{name}` | {cell(about)} |\n" for name, about in config.SECRETS]
    return "".join(parts)


def command(words: str, parser: argparse.ArgumentParser) -> str:
    """What can be typed after a command, and after its subcommands."""
    own = [action for action in parser._actions if action.dest not in SHARED]
    positional = [metavar(action) for action in own if not action.option_strings and not isinstance(action, argparse._SubParsersAction)]
    inner = next((action for action in own if isinstance(action, argparse._SubParsersAction)), None)
    if inner:
        return "\n".join(f"### `{words} {name}`\n\n{command(f'{words} {name}', one)}" for name, one in inner.choices.items())
    return f"`{' '.join([words, '[OPTION...]', *positional])}`\n\n{table(own)}"


def table(actions) -> str:
    rows = [f"| {', '.join(code(flag) for flag in action.option_strings) or code(metavar(action))} | {value(action)} | {cell(action.help)} |\n" for action in actions]
    return "| option | value | what it does |\n|---|---|---|\n" + "".join(rows)


def metavar(action: argparse.Action) -> str:
    """A positional argument as it is typed."""
    name = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    return {"*": f"[{name}...]", "+": f"{name}...", "?": f"[{name}]"}.get(action.nargs, name)


def value(action: argparse.Action) -> str:
    """What an option takes."""
    if not action.option_strings or action.nargs == 0:
        return ""
    if action.choices:
        return " ".join(code(str(choice)) for choice in action.choices)
    return code(str(action.metavar or action.dest.upper()))


def code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|") if text else ""


def cell(text: str) -> str:
    """Text as it may stand in a table."""
    return text.replace("%%", "%").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


BEGIN, END = "<!-- Written by docs/build.py: begin -->", "<!-- end -->"


def with_tables(name: str, tables: str) -> str:
    """A page with what stands between its two marks as it should be."""
    head, _, rest = (FOLDER / name).read_text(encoding="utf-8").partition(BEGIN)
    return f"{head}{BEGIN}\n\n{tables}\n{END}{rest.partition(END)[2]}"


def pages() -> dict[str, str]:
    """The pages as they should be, by file name."""
    sys.path.insert(0, str(FOLDER))
    import build_api
    import build_formats
    import build_providers
    return {"commands.md": page(), "api.md": build_api.page(), "formats.md": with_tables("formats.md", build_formats.tables()),
            "providers.md": with_tables("providers.md", build_providers.table())}


def main(arguments: list[str]) -> int:
    status = errors.OK
    for name, made in pages().items():
        path = FOLDER / name
        fresh = path.exists() and path.read_text(encoding="utf-8") == made
        if arguments == ["--check"]:
            print(f"docs/{name} is fresh" if fresh else f"docs/{name} is stale: python3 docs/build.py writes it")
            status = status if fresh else errors.FOUND
        elif not fresh:
            path.write_text(made, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
