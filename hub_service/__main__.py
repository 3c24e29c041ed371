"""`python -m hub_service` is the command `hub`."""

from __future__ import annotations

import sys

from hub_service.cli import main

sys.exit(main())
