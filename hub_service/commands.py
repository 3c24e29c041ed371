"""What the parts of the command line have in common: where commands are added, and what does one with a hub."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeAlias

from hub_service.handlers.hub import Hub

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

Do: TypeAlias = Callable[[Hub, argparse.Namespace], object]
"""What a command does; its outcome is shown as JSON, a refusal as a sentence."""

WithHub: TypeAlias = Callable[[Do], Callable[[argparse.Namespace], object]]
"""Opens the hub of the command's data directory, and closes it again."""
