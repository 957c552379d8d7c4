"""The files ~/.aws/config and ~/.aws/credentials."""

import os
from typing import Mapping

from ..errors import UserError


class Profiles:
    """The profiles of both files; AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE and AWS_PROFILE say which."""

    def __init__(self, environ: Mapping[str, str]):
        self.home = environ.get("HOME") or environ.get("USERPROFILE") or "/"
        self.name = environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or "default"
        self._named = self.name != "default"
        config = environ.get("AWS_CONFIG_FILE") or os.path.join(self.home, ".aws", "config")
        keys = environ.get("AWS_SHARED_CREDENTIALS_FILE") or os.path.join(self.home, ".aws", "credentials")
        self.sso_sessions: dict[str, dict[str, str]] = {}
        self._settings: dict[str, dict[str, str]] = {}
        for section, values in _read(self._expand(config)).items():
            kind, _, name = section.strip().partition(" ")
            name = name.strip().strip("\"'")
            if kind == "sso-session" and name:
                self.sso_sessions[name] = values
            elif kind == "profile" and name:
                self._settings[name] = values
            elif section == "default":
                self._settings.setdefault("default", values)
        self._keys = _read(self._expand(keys))

    def _expand(self, path: str) -> str:
        return os.path.join(self.home, path[2:]) if path.startswith("~/") else path

    def chosen(self) -> dict[str, str]:
        """The settings of the profile in use, {} when it has none."""
        return self.settings(self.name)

    def settings(self, name: str) -> dict[str, str]:
        """What both files say of a profile; keys of the credentials file go first."""
        return {**self._settings.get(name, {}), **self._keys.get(name, {})}

    def expect(self, name: str) -> dict[str, str]:
        """The same. UserError when neither file knows a profile that was named."""
        if name not in self._settings and name not in self._keys and (self._named or name != "default"):
            raise UserError(f"there is no AWS profile {name!r}", hint="aws configure list-profiles shows them; AWS_PROFILE chooses one")
        return self.settings(name)


def _read(path: str) -> dict[str, dict[str, str]]:
    from configparser import Error, RawConfigParser
    parser = RawConfigParser(strict=False, default_section="\0", delimiters=("=",), inline_comment_prefixes=("#", ";"))
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return {}
    except (Error, UnicodeDecodeError, OSError):
        raise UserError("cannot be read as a file of AWS profiles", where=path, hint="[profile NAME] on a line of its own, then name = value") from None
    return {section: dict(parser[section]) for section in parser.sections()}
