"""The pages that the guide leads to, by a short name."""

from flask_babel import lazy_gettext as _l

from ..navigation import Item

DOORS = {
    "register": Item(_l("Register"), "accounts.register", "guide:register"),
    "profile": Item(_l("Your profile"), "accounts.profile", "profile:manage"),
    "people": Item(_l("People"), "accounts.people", "people:manage"),
    "import-people": Item(_l("Import people"), "accounts.import_people", "people:import"),
    "partners": Item(_l("Partners"), "partners.index", "partner:browse"),
    "import-partners": Item(_l("Import institutions"), "partners.import_file", "partner:create"),
    "agreements": Item(_l("Agreements"), "agreements.index", "agreement:list"),
    "new-agreement": Item(_l("Draft an agreement"), "agreements.create", "agreement:create"),
    "import-agreements": Item(
        _l("Import agreements"), "agreements.import_file", "agreement:import"
    ),
    "projects": Item(_l("Joint projects"), "projects.index", "project:browse"),
    "new-project": Item(_l("Draft a project"), "projects.create", "project:create"),
    "laboratories": Item(_l("Laboratories"), "laboratories.index", "equipment:browse"),
    "share": Item(_l("Share equipment"), "laboratories.share", "equipment:create"),
    "bookings": Item(_l("Bookings"), "laboratories.bookings", "booking:list"),
    "calls": Item(_l("Calls"), "offers.calls", "call:browse"),
    "new-call": Item(_l("Draft a call"), "offers.create_call", "call:create"),
    "places": Item(_l("Places"), "offers.catalogue", "offer:browse"),
    "applications": Item(_l("My applications"), "applications.mine", "application:apply"),
    "pipeline": Item(_l("Pipeline"), "applications.pipeline", "application:review-any"),
    "placements": Item(_l("Placements"), "placements.index", "placement:list"),
    "rounds": Item(_l("Rounds"), "rounds.index", "round:browse"),
    "appeals": Item(_l("Appeals"), "rounds.list_appeals", "appeal:list"),
    "reports": Item(_l("Reports"), "reports.index", "report:view"),
}
