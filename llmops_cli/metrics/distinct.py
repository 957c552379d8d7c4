"""How many different people: exact up to 4,096, then an estimate by HyperLogLog with a standard error of 0.8 %.

Registers as in Flajolet et al. 2007 with 2^14 of them on a 64-bit hash, read with the estimator of Ertl 2017
(arXiv:1702.01284), which needs no correction tables. The state depends on the set of people alone, so adding in any
order gives the same state.
"""

from base64 import b64decode, b64encode
from hashlib import blake2b
from math import inf, sqrt

EXACT_LIMIT = 4096
PRECISION = 14
REGISTERS = 1 << PRECISION
_LONGEST = 64 - PRECISION       # bits behind the register's index


def person_hash(user_id: str) -> int:
    """64 bits that stand for a person."""
    return int.from_bytes(blake2b(user_id.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


class Distinct:
    """A set of hashes, or registers once there are too many."""

    __slots__ = ("hashes", "registers")

    def __init__(self) -> None:
        self.hashes: set[int] = set()
        self.registers: bytearray | None = None

    @property
    def exact(self) -> bool:
        return self.registers is None

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory beside an empty one, more or less."""
        return 75 * len(self.hashes) if self.registers is None else REGISTERS

    def add(self, hashed: int) -> None:
        if self.registers is None:
            self.hashes.add(hashed)
            if len(self.hashes) > EXACT_LIMIT:
                self._estimate_from_now_on()
        else:
            _note(self.registers, hashed)

    def merge(self, other: "Distinct") -> None:
        if other.registers is None and self.registers is None:
            self.hashes |= other.hashes
            if len(self.hashes) > EXACT_LIMIT:
                self._estimate_from_now_on()
            return
        if other.registers is None:
            for hashed in other.hashes:
                self.add(hashed)
            return
        if self.registers is None:
            self._estimate_from_now_on()
        self.registers = bytearray(map(max, self.registers, other.registers))

    def _estimate_from_now_on(self) -> None:
        self.registers = bytearray(REGISTERS)
        for hashed in self.hashes:
            _note(self.registers, hashed)
        self.hashes = set()

    def count(self) -> int:
        """The number of different people, exact or estimated."""
        return len(self.hashes) if self.registers is None else round(_estimate(self.registers))

    def to_json(self) -> list[str] | str:
        if self.registers is None:
            return [f"{hashed:016x}" for hashed in sorted(self.hashes)]
        return b64encode(bytes(self.registers)).decode()

    def packed(self) -> list[int] | bytes:
        """The same as plain values, unsorted."""
        return list(self.hashes) if self.registers is None else bytes(self.registers)

    @classmethod
    def unpacked(cls, value: list[int] | bytes) -> "Distinct":
        made = cls()
        if value.__class__ is bytes:
            made.registers = bytearray(value)
        else:
            made.hashes = set(value)
        return made

    @classmethod
    def from_json(cls, value: list[str] | str) -> "Distinct":
        made = cls()
        if isinstance(value, list):
            made.hashes = {int(hashed, 16) for hashed in value}
            if not all(0 <= hashed < 1 << 64 for hashed in made.hashes) or len(made.hashes) > EXACT_LIMIT:
                raise ValueError("not hashes of people")
        else:
            made.registers = bytearray(b64decode(value, validate=True))
            if len(made.registers) != REGISTERS or max(made.registers) > _LONGEST + 1:
                raise ValueError("not registers of this kind")
        return made


def _note(registers: bytearray, hashed: int) -> None:
    index = hashed >> _LONGEST
    rank = _LONGEST - (hashed & ((1 << _LONGEST) - 1)).bit_length() + 1
    if rank > registers[index]:
        registers[index] = rank


def _estimate(registers: bytearray) -> float:
    counts = [0] * (_LONGEST + 2)
    for rank in registers:
        counts[rank] += 1
    z = REGISTERS * _tau(1 - counts[_LONGEST + 1] / REGISTERS)
    for rank in range(_LONGEST, 0, -1):
        z = 0.5 * (z + counts[rank])
    z += REGISTERS * _sigma(counts[0] / REGISTERS)
    return REGISTERS * REGISTERS / (2 * 0.6931471805599453 * z)


def _sigma(x: float) -> float:
    if x == 1:
        return inf
    power, total = 1.0, x
    while True:
        x *= x
        before = total
        total += x * power
        power += power
        if total == before:
            return total


def _tau(x: float) -> float:
    if x in (0, 1):
        return 0.0
    power, total = 1.0, 1 - x
    while True:
        x = sqrt(x)
        before = total
        power *= 0.5
        total -= (1 - x) ** 2 * power
        if total == before:
            return total / 3
