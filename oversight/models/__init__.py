"""Oversight: break-glass openings, unusual reading, moves of compartments, the accounting of disclosures."""

from oversight.models.compartment import CompartmentMove
from oversight.models.disclosure import Disclosure
from oversight.models.glass import BreakGlass
from oversight.models.reading import UnusualReading

__all__ = ("BreakGlass", "CompartmentMove", "Disclosure", "UnusualReading")
