"""Numbers that states give to people and firms, by region, each with the check that its issuer published."""
from __future__ import annotations

from . import africa_middle_east, americas, asia_pacific, europe_east, europe_north, europe_west, labelled, vat

DETECTORS = (americas.DETECTORS + europe_west.DETECTORS + europe_north.DETECTORS + europe_east.DETECTORS + asia_pacific.DETECTORS
             + africa_middle_east.DETECTORS + vat.DETECTORS + labelled.DETECTORS)
