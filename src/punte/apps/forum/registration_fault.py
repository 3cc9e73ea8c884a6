"""What is wrong with an application or its form, each fault in words."""

from punte.kernel.errors import PunteError


class RegistrationError(PunteError):
    """A step with an application that cannot be; ``problems`` holds each fault in words."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))
