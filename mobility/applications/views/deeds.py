"""How the timeline of an application tells what was done."""

from flask_babel import lazy_gettext as _l

from ..models import DocumentKind

DEEDS = {
    "application.start": _l("Begun"),
    "application.submit": _l("Submitted"),
    "application.mend": _l("Mended and submitted"),
    "application.withdraw": _l("Withdrawn"),
    "application.agree-open-file": _l("Agreed that the file of the round opens to everybody"),
    "application.refuse-open-file": _l("No longer agrees that the file opens to everybody"),
    "application.score": _l("Scored:"),
    "application.review": _l("Reviewed"),
    "application.return": _l("Returned for mending"),
    "application.approve": _l("Approved"),
    "application.reject": _l("Rejected"),
    "application.reopen": _l("Decision taken back"),
    "application.undo": _l("Undone:"),
    "application.undo-to-returned": _l("Undone:"),
    "application.undo-assign": _l("Undone:"),
    "application.remind": _l("Reminded"),
    "application.assign": _l("Given to"),
    "application.pre-place": _l("Placed before the round"),
    "application.release": _l("Placement before the round taken back"),
    "application.exclude": _l("Excluded from the round"),
    "application.readmit": _l("Exclusion taken back"),
    "document.upload": _l("Document uploaded:"),
    "document.replace": _l("Document replaced:"),
    "document.certify": _l("Level of the certificate given:"),
    "document.accept": _l("Document accepted:"),
    "document.reject": _l("Document rejected:"),
}
KINDS = {kind.value: kind.label for kind in DocumentKind}
