__version__: str

class Found:
    """What was found in a text.

    Attributes:
        consumed: up to where it was gone through, in bytes: to the comma or bracket after a value of an array, or to
            the beginning of a line.
        stuck: whether no more bytes help to go on from there.
        paused: whether it stopped with whole values ahead, so that not too many are refused at a time.
        values: how many values there are up to there.
        count: how many records there are in them, without those of values that are refused in a format with several
            records in a value.
        lines: how many lines, or rows of a table, end before `consumed`.
        marks: places from which on the text can be read again: the number of the first record, the first byte, and how
            many lines end before it.
        named: of each type, whether an envelope of several names it.
        vouched: of each type, how many records are vouched for.
        numbers: of each type, the numbers of these records, in 4 bytes each, where they are wanted.
        refused: values that are not vouched for: the number of the first record, begin and end in bytes, how many lines
            end before it, and which of its records are meant; None for all of the value.
        facts: of each stream that has facts its number, the digests, the numbers of the records, of the items in them,
            and the payloads.
    """

    consumed: int
    stuck: bool
    paused: bool
    values: int
    count: int
    lines: int
    marks: list[tuple[int, int, int]]
    named: list[bool]
    vouched: list[int]
    numbers: list[bytes]
    refused: list[tuple[int, int, int, int, list[int] | None]]
    facts: list[tuple[int, bytes, bytes, bytes, bytes]]

class Lane:
    """Goes through records, and vouches for those that break no rule. Any thread may use it, one at a time."""

    def __init__(self, plan: str) -> None:
        """A lane for a plan, which is given as JSON; see `PlanSource` in `native/core/src/plan.rs`.

        Raises:
            ValueError: for what is no plan.
        """

    def forget(self) -> bool:
        """Forget what it has seen of a file: another follows. False where it failed, and is not to be used again."""

    def set_table(self, delimiter: int, names: list[str | None], used: int) -> None:
        """Take in how the rows of a table are written, each of which is a record of the first type.

        Arguments:
            delimiter: the byte between cells.
            names: the field that each column holds; None for a column that is passed over.
            used: cells from this column on have to be empty.
        """

    def check(self, text: bytes, *, layout: str, after_value: bool, is_last: bool, threads: int) -> Found:
        """What there is in a piece of a file.

        The arguments are those of `Judge.judge`, in `import_validator/readers/judged.py`.
        """
