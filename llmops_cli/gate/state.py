"""The file that a comparison is kept in between looks."""

import json
import os
from typing import Any

from .. import storage
from ..errors import UserError
from ..storage.local import require_keepable
from .follow import Followed
from .session import Session

FORMAT = 1


def load(path: str, settings: dict[str, Any], session: Session) -> Followed:
    """Go on from a state file, if there is one. UserError when it is of another comparison or no state at all."""
    require_keepable(path)
    if not os.path.exists(path):
        return Followed()
    hint = "remove it to begin anew, or name another file"
    with storage.open_source(path).stream as stream:
        try:
            values = json.loads(stream.read())
            if values.get("llmops_gate") != FORMAT:
                raise UserError("not a state of this version of rollback-check", where=path, hint=hint)
            before = values["settings"]
            changed = sorted(name for name in {*settings, *before} if settings.get(name) != before.get(name))
            if not changed:
                session.load(values["session"])
            followed = Followed(values["places"])
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError):
            raise UserError("not a state of rollback-check, or damaged", where=path, hint=hint) from None
    if changed:
        raise UserError(f"made with other settings: {', '.join(changed)}", where=path, hint=hint)
    return followed


def save(path: str, settings: dict[str, Any], session: Session, followed: Followed) -> None:
    """Write the state; the file is the old one or the new one, never a half."""
    values = {"llmops_gate": FORMAT, "settings": settings, "places": followed.places, "session": session.dump()}
    with storage.create(path, private=True) as file:
        file.write(json.dumps(values, separators=(",", ":")).encode() + b"\n")
