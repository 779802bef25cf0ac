"""What the guide leads somebody to: who has an account needs none."""

from ..access import Rule

RULES: dict[str, Rule] = {"guide:register": lambda user, _: user is None}
