"""The numbers of a lake over HTTP, read-only: as a server of its own, and as functions of AWS Lambda.

`lambda_handler` answers what API Gateway (payload 1.0 and 2.0) or a function URL asks; `collect_handler` stores session
events of EventBridge in the lake. Both find their settings in the environment.
"""

from typing import Any


def lambda_handler(event: dict[str, Any], context: Any = None) -> dict[str, Any]:
    """The answer to an event of API Gateway, in the payload format that the event has."""
    from . import functions
    return functions.answer(event)


def collect_handler(event: dict[str, Any], context: Any = None) -> dict[str, Any]:
    """Store session events that EventBridge (or a queue behind it) delivers: where each one went."""
    from . import functions
    return functions.collect(event)
