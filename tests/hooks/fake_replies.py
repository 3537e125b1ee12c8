"""A dispatcher that only remembers what it was asked."""

from cds.answer import Call, Reply


class FakeReplies:
    """Answers every call the same, or raises what it was told to."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.error: Exception | None = None
        self.answered = Reply(status=200, body=b'{"cards":[]}')

    def reply(self, call: Call, due: float) -> tuple[Reply, str]:
        assert due
        self.calls.append(call)
        if self.error is not None:
            raise self.error
        return self.answered, "worker"
