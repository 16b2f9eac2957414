__version__: str

class Lane:
    """Goes through records, and vouches for those that break no rule. Any thread may use it, one at a time."""

    def __init__(self, plan: str) -> None:
        """A lane for a plan, which is given as JSON; see `PlanSource` in `native/core/src/plan.rs`.

        Raises:
            ValueError: for what is no plan.
        """

    def check(
        self, text: bytes, lines: bool
    ) -> (
        tuple[int, list[int], list[bytes], list[tuple[int, int, int]], list[tuple[int, bytes, bytes, bytes, bytes]]]
        | None
    ):
        """What there is in a JSON array, or in lines of JSON; None where any value of it is odd.

        Returns:
            How many records there are; of each type, how many are vouched for; their numbers, where they are wanted,
            in 4 bytes each; of each other record its number, and where it begins and ends in the text; of each stream
            that has facts its number, the digests, the numbers of the records, of the items in them, and the payloads.
        """
