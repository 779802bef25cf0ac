"""Links out of mails, as a person would open them."""

import re
from urllib.parse import urlsplit


def link_in(mail) -> str:
    """The path of the one link in a mail's text."""
    (address,) = set(re.findall(r"https?://\S+", mail.text))
    return urlsplit(address).path
