"""Pages of partners: what everybody reads, what admins write."""

from . import institutions, public, units_and_contacts
from .blueprint import bp

__all__ = ["bp", "institutions", "public", "units_and_contacts"]
