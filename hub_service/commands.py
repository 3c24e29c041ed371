"""What the parts of the command line have in common: where commands are added, and what does one with a hub."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeAlias

from hub_service.domain.refusals import Refusal
from hub_service.handlers.hub import Hub

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

Do: TypeAlias = Callable[[Hub, argparse.Namespace], object]
"""What a command does; its outcome is shown as JSON, a refusal as a sentence."""

WithHub: TypeAlias = Callable[[Do], Callable[[argparse.Namespace], object]]
"""Opens the hub of the command's data directory, and closes it again."""


def shown(done: DataclassInstance | Refusal) -> object:
    """What a command answers with: all that it has made, or the refusal."""
    return done if isinstance(done, Refusal) else asdict(done)
