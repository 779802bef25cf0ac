"""Pages of partners: what everybody reads, what admins write."""

from . import imports, institutions, public, units_and_contacts
from .blueprint import bp

__all__ = ["bp", "imports", "institutions", "public", "units_and_contacts"]
