"""What stands in an institution's entry, and what can be wrong with it by itself."""

import re
from dataclasses import dataclass, fields

from flask_babel import gettext as _

from ..errors import Invalid
from ..i18n import country_name, localized, timezone_known

_DOMAIN = re.compile(r"(?=.{4,120}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_LONGEST = {"name": 200, "city": 100, "website": 200}


@dataclass(frozen=True)
class Particulars:
    """An institution's entry. `domains` are those of its own people's addresses; where none is
    named, the SCHAC code is one."""

    schac: str
    country: str
    name_en: str = ""
    name_ru: str = ""
    name_kk: str = ""
    city_en: str = ""
    city_ru: str = ""
    city_kk: str = ""
    latitude: float | None = None
    longitude: float | None = None
    timezone: str = "UTC"
    website: str = ""
    domains: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        schac = self.schac.strip().lower()
        domains = self.domains or (schac,)
        object.__setattr__(self, "schac", schac)
        object.__setattr__(self, "country", self.country.strip().upper())
        object.__setattr__(
            self, "domains", tuple(dict.fromkeys(domain.strip().lower() for domain in domains))
        )

    @property
    def name(self) -> str:
        return localized(self, "name")

    def objections(self) -> list[Invalid]:
        """Everything that is wrong with these particulars by themselves, each at its field."""
        return [*self._wrong_domains(), *self._wrong_names(), *self._wrong_place()]

    def _wrong_domains(self) -> list[Invalid]:
        named = [(self.schac, "schac")]
        named += [(domain, "domains") for domain in self.domains if domain != self.schac]
        return [
            Invalid(_("“%(domain)s” is not a domain such as kaznpu.kz.", domain=domain), field)
            for domain, field in named
            if not is_domain(domain)
        ]

    def _wrong_names(self) -> list[Invalid]:
        found = []
        if not (self.name_en or self.name_ru or self.name_kk):
            found.append(Invalid(_("Give the name in at least one language."), "name_en"))
        for field in TEXTS:
            most = _LONGEST.get(field.partition("_")[0])
            if most and len(getattr(self, field)) > most:
                found.append(Invalid(_("Use at most %(count)s characters.", count=most), field))
        if self.website and not self.website.startswith(("http://", "https://")):
            found.append(
                Invalid(_("An address on the web begins with https:// or http://."), "website")
            )
        return found

    def _wrong_place(self) -> list[Invalid]:
        found = []
        if country_name(self.country) == self.country:
            text = _("“%(code)s” is not a country's code such as KZ.", code=self.country)
            found.append(Invalid(text, "country"))
        if not timezone_known(self.timezone):
            text = _("“%(zone)s” is not a time zone such as Asia/Almaty.", zone=self.timezone)
            found.append(Invalid(text, "timezone"))
        if self.latitude is not None and not -90 <= self.latitude <= 90:
            found.append(Invalid(_("A latitude lies between −90 and 90."), "latitude"))
        if self.longitude is not None and not -180 <= self.longitude <= 180:
            found.append(Invalid(_("A longitude lies between −180 and 180."), "longitude"))
        if (self.latitude is None) != (self.longitude is None):
            found.append(Invalid(_("Give both latitude and longitude, or neither."), "latitude"))
        return found


TEXTS = tuple(field.name for field in fields(Particulars) if field.name != "domains")


def is_domain(text: str) -> bool:
    return _DOMAIN.fullmatch(text) is not None
