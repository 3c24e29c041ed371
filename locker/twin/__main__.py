"""`python -m locker.twin` is `locker twin`."""

from __future__ import annotations

import sys

from locker.twin.twin import main

sys.exit(main())
