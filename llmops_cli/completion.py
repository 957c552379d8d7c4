"""Completion scripts, generated from the parsers: a new option completes the day it is added."""

import argparse
from typing import Callable, NamedTuple

from . import options
from .commands import COMMANDS, module_of


class Option(NamedTuple):
    """One option: its spellings, its help, whether it takes a value, the values when they are few."""

    flags: tuple[str, ...]
    about: str
    takes_value: bool
    choices: tuple[str, ...]


class Command(NamedTuple):
    """One command with what can follow it."""

    name: str
    about: str
    options: list[Option]
    words: tuple[str, ...]      # values of its positional arguments, when they are few


def commands() -> list[Command]:
    """Every command with its options, as the parsers have them."""
    listed = []
    for name, _, about in COMMANDS:
        found: list[Option] = []
        words: tuple[str, ...] = ()
        for action in _actions(options.parser_for(module_of(name))):
            choices = tuple(map(str, action.choices or ()))
            if action.option_strings:
                found.append(Option(tuple(action.option_strings), action.help or "", action.nargs != 0, choices))
            else:
                words += choices
        listed.append(Command(name, about, found, words))
    return listed


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """The actions of a parser, and of its subcommands."""
    found = []
    for action in parser._actions:
        found.append(action)
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                found += [one for one in _actions(inner) if one.option_strings and one not in found]
    unique = {action.option_strings[-1] if action.option_strings else id(action): action for action in found}
    return list(unique.values())


def bash(listed: list[Command]) -> str:
    """A script for bash."""
    cases = []
    for command in listed:
        flags = " ".join(flag for option in command.options for flag in option.flags)
        values = "".join(f"        {'|'.join(option.flags)}) COMPREPLY=($(compgen -W '{' '.join(option.choices)}' -- \"$word\")); return ;;\n"
                         for option in command.options if option.choices)
        inner = f"      case $before in\n{values}      esac\n" if values else ""
        words = f" {' '.join(command.words)}" if command.words else ""
        cases.append(f"    {command.name})\n{inner}      [[ $word == -* ]] && COMPREPLY=($(compgen -W '{flags}' -- \"$word\")) "
                     f"|| COMPREPLY=($(compgen -W '{words}' -- \"$word\") $(compgen -f -- \"$word\")) ;;")
    names = " ".join(command.name for command in listed)
    return ("_llmops() {\n  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n  COMPREPLY=()\n"
            f"  if (( COMP_CWORD == 1 )); then COMPREPLY=($(compgen -W '{names} --help --version' -- \"$word\")); return; fi\n"
            "  case ${COMP_WORDS[1]} in\n" + "\n".join(cases) + "\n  esac\n}\ncomplete -o filenames -F _llmops llmops\n")


def zsh(listed: list[Command]) -> str:
    """A script for zsh."""
    names = "\n".join(f"    {_quoted(f'{command.name}:{command.about}')}" for command in listed)
    cases = []
    for command in listed:
        specs = []
        for option in command.options:
            value = f":value:({' '.join(option.choices)})" if option.choices else ":value:_files" if option.takes_value else ""
            about = option.about.replace("[", "(").replace("]", ")")
            specs += [_quoted(f"{flag}[{about}]{value}") for flag in option.flags]
        rest = f"*:value:({' '.join(command.words)})" if command.words else "*:file:_files"
        cases.append(f"    {command.name}) _arguments \\\n      " + " \\\n      ".join([*specs, _quoted(rest)]) + " ;;")
    return ("#compdef llmops\n_llmops() {\n  local -a names\n  names=(\n" + names + "\n  )\n"
            "  if (( CURRENT == 2 )); then _describe command names; return; fi\n  local name=$words[2]\n"
            "  shift words; (( CURRENT-- ))\n  case $name in\n" + "\n".join(cases) + "\n  esac\n}\n"
            'if [[ $funcstack[1] == _llmops ]]; then _llmops "$@"; else compdef _llmops llmops; fi\n')


def fish(listed: list[Command]) -> str:
    """A script for fish."""
    lines = []
    for command in listed:
        lines.append(f"complete -c llmops -n __fish_use_subcommand -f -a {command.name} -d {_quoted(command.about)}")
        within = f"complete -c llmops -n '__fish_seen_subcommand_from {command.name}'"
        for option in command.options:
            flags = " ".join(f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags)
            value = f" -x -a {_quoted(' '.join(option.choices))}" if option.choices else " -r" if option.takes_value else ""
            lines.append(f"{within} {flags}{value} -d {_quoted(option.about)}")
        if command.words:
            lines.append(f"{within} -f -a {_quoted(' '.join(command.words))}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


SHELLS: dict[str, Callable[[list[Command]], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
