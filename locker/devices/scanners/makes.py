"""Which make speaks which dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from locker.devices.scanners.datalogic import Datalogic
from locker.devices.scanners.de2120 import De2120
from locker.devices.scanners.dialect import Dialect, Plain
from locker.devices.scanners.gm65 import Gm65
from locker.devices.scanners.gm67 import Gm67
from locker.devices.scanners.honeywell import Honeywell
from locker.devices.scanners.newland import Newland
from locker.devices.scanners.ssi import ZebraSsi
from locker.settings import ScannerMake

# Zebra's scanners in their plain CDC mode are told nothing, which is simpler and as good for a locker.
DIALECTS: Mapping[ScannerMake, Callable[[], Dialect]] = {
    "plain": Plain,
    "zebra": Plain,
    "zebra-ssi": ZebraSsi,
    "honeywell": Honeywell,
    "newland": Newland,
    "datalogic": Datalogic,
    "gm65": Gm65,
    "gm67": Gm67,
    "de2120": De2120,
}
