"""What is wrong with an application or its form, each fault in words."""

from collections.abc import Sequence

from punte.kernel.errors import PunteError


class RegistrationError(PunteError):
    """A step with an application that cannot be; ``problems`` holds each fault in words, ``fields`` its field, where it has one."""

    def __init__(self, *problems: str, fields: Sequence[str] = ()) -> None:
        self.problems = problems
        self.fields = (*fields, *("" for _ in problems[len(fields) :]))
        super().__init__(" ".join(problems))
