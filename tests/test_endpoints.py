"""Every endpoint for everyone: the table says who gets in. A new page without a row fails.

A row is a method, an endpoint and, after `@`, the scene of `tests.world` whose ids fill its
address. A cell is what that person meets:

    yes      the page (200), or the deed done (303)
    sign-in  sent to the sign-in page (with a new password that is where one begins)
    403      seen, but not theirs to do
    404      nothing there for them
    409      theirs to do, but not in this state
    410      a mailed link that is used up
    422      theirs to do, but not with what the form says
"""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from mobility import clock
from mobility.accounts.imports import plan_import as plan_students
from mobility.accounts.models import User
from mobility.agreements.exchange.importing import plan_import as plan_import_of_agreements
from mobility.agreements.models import Agreement, CooperationCondition, Direction
from mobility.applications.models import Application
from mobility.db import db
from mobility.offers.imports import Defaults
from mobility.offers.imports import plan_import as plan_courses
from mobility.offers.models import Call
from mobility.offers.rules import EligibilityRule
from mobility.partners.imports import plan_import
from mobility.partners.models import Institution
from mobility.placements.models import Placement
from mobility.tables.imports import Plan

from . import factories
from .applications.files import pdf
from .clients import Visitor, form_on
from .world import OWNER, build_world

# owner: the student whose application it is; other: a student of the same university;
# unit, sender: coordinators of the applicant's faculty and university; host: of the receiving
# university; outside: coordinator of a university that has no part in it.
PEOPLE = ("nobody", "owner", "other", "unit", "sender", "host", "outside", "admin")
TABLE = """
                                                 nobody  owner   other   unit    sender  host    outside admin
GET  health                                      yes     yes     yes     yes     yes     yes     yes     yes

GET  accounts.home                               yes     yes     yes     yes     yes     yes     yes     yes
POST accounts.set_language                       yes     yes     yes     yes     yes     yes     yes     yes
GET  accounts.sign_in                            yes     yes     yes     yes     yes     yes     yes     yes
POST accounts.sign_in                            yes     yes     yes     yes     yes     yes     yes     yes
POST accounts.sign_out                           yes     yes     yes     yes     yes     yes     yes     yes
GET  accounts.account                            sign-in yes     yes     yes     yes     yes     yes     yes
POST accounts.account                            sign-in yes     yes     yes     yes     yes     yes     yes
GET  accounts.change_password                    sign-in yes     yes     yes     yes     yes     yes     yes
POST accounts.change_password                    sign-in yes     yes     yes     yes     yes     yes     yes
GET  accounts.own_data                           sign-in yes     yes     yes     yes     yes     yes     yes
POST accounts.copy_of_data                       sign-in yes     yes     yes     yes     yes     yes     yes
POST accounts.erase                              sign-in 409     yes     409     409     409     409     409
GET  accounts.profile                            sign-in yes     yes     403     403     403     403     403
POST accounts.profile                            sign-in yes     yes     403     403     403     403     403
GET  accounts.grade_scale                        sign-in 403     403     403     403     403     403     yes
POST accounts.grade_scale                        sign-in 403     403     403     403     403     403     yes
GET  accounts.register                           yes     yes     yes     yes     yes     yes     yes     yes
POST accounts.register                           yes     yes     yes     yes     yes     yes     yes     yes
GET  accounts.forgot_password                    yes     yes     yes     yes     yes     yes     yes     yes
POST accounts.forgot_password                    yes     yes     yes     yes     yes     yes     yes     yes
GET  accounts.mail_sent                          yes     yes     yes     yes     yes     yes     yes     yes
GET  accounts.confirm@confirm                    yes     yes     yes     yes     yes     yes     yes     yes
POST accounts.confirm@confirm                    yes     yes     yes     yes     yes     yes     yes     yes
GET  accounts.accept_invitation@invited          yes     yes     yes     yes     yes     yes     yes     yes
POST accounts.accept_invitation@invited          yes     yes     yes     yes     yes     yes     yes     yes
GET  accounts.reset_password@reset               yes     yes     yes     yes     yes     yes     yes     yes
POST accounts.reset_password@reset               sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in
GET  accounts.confirm@used                       410     410     410     410     410     410     410     410
GET  accounts.people                             sign-in 403     403     403     403     403     403     yes
GET  accounts.invite                             sign-in 403     403     403     403     403     403     yes
POST accounts.invite                             sign-in 403     403     403     403     403     403     yes
GET  accounts.import_people                      sign-in 403     403     403     yes     yes     yes     yes
POST accounts.import_people                      sign-in 403     403     403     yes     422     422     yes
POST accounts.apply_import                       sign-in 403     403     403     yes     422     422     yes
GET  accounts.person                             sign-in 404     404     404     404     404     404     yes
GET  accounts.person@invited                     sign-in 404     404     404     404     404     404     yes
POST accounts.grant_role                         sign-in 404     404     404     404     404     404     yes
POST accounts.revoke_role                        sign-in 404     404     404     404     404     404     yes
POST accounts.remind@invited                     sign-in 404     404     404     404     404     404     yes
POST accounts.remind                             sign-in 404     404     404     404     404     404     409
POST accounts.switch_off                         sign-in 404     404     404     404     404     404     yes
POST accounts.erase_person@disabled              sign-in 404     404     404     404     404     404     yes
POST accounts.erase_person                       sign-in 404     404     404     404     404     404     409
POST accounts.switch_on@disabled                 sign-in 404     404     404     404     404     404     yes
POST accounts.switch_on                          sign-in 404     404     404     404     404     404     409

GET  partners.index                              yes     yes     yes     yes     yes     yes     yes     yes
GET  partners.partner                            yes     yes     yes     yes     yes     yes     yes     yes
GET  partners.new                                sign-in 403     403     403     403     403     403     yes
POST partners.new                                sign-in 403     403     403     403     403     403     yes
GET  partners.import_file                        sign-in 403     403     403     403     403     403     yes
POST partners.import_file                        sign-in 403     403     403     403     403     403     yes
POST partners.apply_import                       sign-in 403     403     403     403     403     403     yes
GET  partners.edit                               sign-in 403     403     403     403     403     403     yes
POST partners.edit                               sign-in 403     403     403     403     403     403     yes
GET  partners.new_unit                           sign-in 403     403     403     403     403     403     yes
POST partners.new_unit                           sign-in 403     403     403     403     403     403     yes
GET  partners.edit_unit                          sign-in 403     403     403     403     403     403     yes
POST partners.edit_unit                          sign-in 403     403     403     403     403     403     yes
GET  partners.new_contact                        sign-in 403     403     403     403     403     403     yes
POST partners.new_contact                        sign-in 403     403     403     403     403     403     yes
GET  partners.edit_contact                       sign-in 403     403     403     403     403     403     yes
POST partners.edit_contact                       sign-in 403     403     403     403     403     403     yes
POST partners.remove_contact                     sign-in 403     403     403     403     403     403     yes

GET  agreements.index                            yes     yes     yes     yes     yes     yes     yes     yes
GET  agreements.agreement                        yes     yes     yes     yes     yes     yes     yes     yes
GET  agreements.agreement@draft-agreement        sign-in 404     404     yes     yes     yes     404     yes
GET  agreements.agreement@proposed-agreement     sign-in 404     404     yes     yes     yes     404     yes
GET  agreements.agreement@terminated-agreement   sign-in 404     404     yes     yes     yes     404     yes
GET  agreements.create                           sign-in 403     403     403     yes     yes     yes     yes
POST agreements.create                           sign-in 403     403     403     yes     yes     422     yes
GET  agreements.edit@draft-agreement             sign-in 404     404     403     yes     yes     404     yes
POST agreements.edit@draft-agreement             sign-in 404     404     403     yes     yes     404     yes
POST agreements.edit                             sign-in 403     403     403     409     409     403     409
GET  agreements.add_condition@draft-agreement    sign-in 404     404     403     yes     yes     404     yes
POST agreements.add_condition@draft-agreement    sign-in 404     404     403     yes     yes     404     yes
GET  agreements.edit_condition@draft-agreement   sign-in 404     404     403     yes     yes     404     yes
POST agreements.edit_condition@draft-agreement   sign-in 404     404     403     yes     yes     404     yes
POST agreements.remove_condition@draft-agreement sign-in 404     404     403     yes     yes     404     yes
POST agreements.remove_condition                 sign-in 403     403     403     409     409     403     409
POST agreements.propose@draft-agreement          sign-in 404     404     403     yes     yes     404     yes
POST agreements.propose                          sign-in 403     403     403     409     409     403     409
POST agreements.approve@proposed-agreement       sign-in 404     404     403     yes     yes     404     403
POST agreements.approve@draft-agreement          sign-in 404     404     403     409     409     404     403
GET  agreements.withdraw@proposed-agreement      sign-in 404     404     403     yes     yes     404     yes
POST agreements.withdraw@proposed-agreement      sign-in 404     404     403     yes     yes     404     yes
GET  agreements.terminate                        sign-in 403     403     403     yes     yes     403     yes
POST agreements.terminate                        sign-in 403     403     403     yes     yes     403     yes
POST agreements.terminate@draft-agreement        sign-in 404     404     403     409     409     404     409
GET  agreements.give_notice                      sign-in 403     403     403     yes     yes     403     yes
POST agreements.give_notice                      sign-in 403     403     403     yes     yes     403     yes
GET  agreements.give_notice@draft-agreement      sign-in 404     404     403     409     409     404     409
GET  agreements.agreement@ending                 yes     yes     yes     yes     yes     yes     yes     yes
POST agreements.give_notice@ending               sign-in 403     403     403     422     422     403     422
GET  agreements.withdraw_notice@ending           sign-in 403     403     403     yes     403     403     yes
POST agreements.withdraw_notice@ending           sign-in 403     403     403     yes     403     403     yes
GET  agreements.withdraw_notice                  sign-in 403     403     403     409     409     403     409
POST agreements.withdraw_notice                  sign-in 403     403     403     409     409     403     409
GET  agreements.withdraw_notice@draft-agreement  sign-in 404     404     403     409     409     404     409
POST agreements.open_version                     sign-in 403     403     403     yes     yes     403     yes
POST agreements.open_version@draft-agreement     sign-in 404     404     403     409     409     404     409
POST agreements.open_version@amended             sign-in 403     403     403     409     409     403     409
GET  agreements.agreement@amended                yes     yes     yes     yes     yes     yes     yes     yes
GET  agreements.agreement@new-version            sign-in 404     404     yes     yes     yes     404     yes
GET  agreements.edit_condition@new-version       sign-in 404     404     403     yes     yes     404     yes
GET  agreements.drop@new-version                 sign-in 404     404     403     yes     yes     404     yes
POST agreements.drop@new-version                 sign-in 404     404     403     yes     yes     404     yes
POST agreements.drop                             sign-in 403     403     403     409     409     403     409
GET  agreements.versions                         sign-in 403     403     yes     yes     yes     403     yes
GET  agreements.versions@draft-agreement         sign-in 404     404     yes     yes     yes     404     yes
GET  agreements.versions@amended                 sign-in 403     403     yes     yes     yes     403     yes
GET  agreements.version                          sign-in 404     404     yes     yes     yes     404     yes
GET  agreements.version@amended                  sign-in 404     404     yes     yes     yes     404     yes
GET  agreements.compare@amended                  sign-in 403     403     yes     yes     yes     403     yes
GET  agreements.compare                          sign-in 403     403     404     404     404     403     404
GET  agreements.memorandum                       sign-in 403     403     yes     yes     yes     403     yes
GET  agreements.memorandum@proposed-agreement    sign-in 404     404     yes     yes     yes     404     yes
GET  agreements.export                           sign-in 403     403     yes     yes     yes     yes     yes
GET  agreements.json_schema                      yes     yes     yes     yes     yes     yes     yes     yes
GET  agreements.import_file                      sign-in 403     403     403     yes     yes     yes     yes
POST agreements.import_file                      sign-in 403     403     403     yes     yes     422     yes
POST agreements.apply_import                     sign-in 403     403     403     yes     yes     409     yes

GET  offers.calls                                yes     yes     yes     yes     yes     yes     yes     yes
GET  offers.call                                 yes     yes     yes     yes     yes     yes     yes     yes
GET  offers.catalogue                            yes     yes     yes     yes     yes     yes     yes     yes
GET  offers.offer                                yes     yes     yes     yes     yes     yes     yes     yes
GET  offers.call@draft-call                      sign-in 404     404     yes     yes     yes     yes     yes
GET  offers.offer@draft-offer                    sign-in 404     404     404     404     yes     404     yes
GET  offers.offer@withdrawn-offer                yes     yes     yes     yes     yes     yes     yes     yes
GET  offers.create_call                          sign-in 403     403     403     403     403     403     yes
POST offers.create_call                          sign-in 403     403     403     403     403     403     yes
GET  offers.edit_call                            sign-in 403     403     403     403     403     403     yes
POST offers.edit_call                            sign-in 403     403     403     403     403     403     yes
POST offers.announce_call@draft-call             sign-in 404     404     403     403     403     403     yes
POST offers.announce_call                        sign-in 403     403     403     403     403     403     409
GET  offers.eligibility                          sign-in 403     403     403     403     403     403     yes
GET  offers.add_rule                             sign-in 403     403     403     403     403     403     yes
POST offers.add_rule                             sign-in 403     403     403     403     403     403     yes
GET  offers.add_rule@ready                       sign-in 403     403     403     403     403     403     409
POST offers.add_rule@ready                       sign-in 403     403     403     403     403     403     409
GET  offers.edit_rule                            sign-in 403     403     403     403     403     403     yes
POST offers.edit_rule                            sign-in 403     403     403     403     403     403     yes
GET  offers.remove_rule                          sign-in 403     403     403     403     403     403     yes
POST offers.remove_rule                          sign-in 403     403     403     403     403     403     yes
GET  offers.edit_rule@removed                    sign-in 403     403     403     403     403     403     409
POST offers.edit_rule@removed                    sign-in 403     403     403     403     403     403     409
GET  offers.remove_rule@removed                  sign-in 403     403     403     403     403     403     409
POST offers.remove_rule@removed                  sign-in 403     403     403     403     403     403     409
GET  offers.close_call                           sign-in 403     403     403     403     403     403     yes
POST offers.close_call                           sign-in 403     403     403     403     403     403     yes
POST offers.close_call@ready                     sign-in 403     403     403     403     403     403     409
GET  offers.cancel_call                          sign-in 403     403     403     403     403     403     yes
POST offers.cancel_call                          sign-in 403     403     403     403     403     403     yes
GET  offers.create_offer                         sign-in 403     403     403     403     yes     403     yes
POST offers.create_offer                         sign-in 403     403     403     403     yes     403     yes
POST offers.create_offer@ready                   sign-in 403     403     403     403     409     403     409
GET  offers.import_offers@courses                sign-in 403     403     yes     yes     yes     403     yes
POST offers.import_offers@courses                sign-in 403     403     422     yes     422     403     yes
POST offers.apply_import@courses                 sign-in 403     403     409     yes     422     403     yes
GET  offers.import_offers                        sign-in 403     403     403     403     404     403     404
GET  offers.edit_offer                           sign-in 403     403     403     403     yes     403     yes
POST offers.edit_offer                           sign-in 403     403     403     403     yes     403     yes
GET  offers.open_offer@draft-offer               sign-in 404     404     404     404     yes     404     yes
POST offers.open_offer@draft-offer               sign-in 404     404     404     404     yes     404     yes
POST offers.open_offer                           sign-in 403     403     403     403     409     403     409
GET  offers.withdraw_offer                       sign-in 403     403     403     403     yes     403     yes
POST offers.withdraw_offer                       sign-in 403     403     403     403     yes     403     yes
POST offers.withdraw_offer@withdrawn-offer       sign-in 403     403     403     403     409     403     409

GET  applications.mine                           sign-in yes     yes     403     403     403     403     403
POST applications.start                          sign-in yes     yes     403     403     403     403     403
POST applications.start@ready                    sign-in yes     409     403     403     403     403     403
POST applications.start@draft-call               404     404     404     404     404     404     404     404
GET  applications.show                           sign-in yes     404     404     404     404     404     404
GET  applications.show@submitted                 sign-in yes     404     yes     yes     404     404     yes
GET  applications.show@returned                  sign-in yes     404     yes     yes     404     404     yes
GET  applications.show@rejected-closed           sign-in yes     404     yes     yes     404     404     yes
GET  applications.show@published                 sign-in yes     404     yes     yes     404     404     yes
GET  applications.choices                        sign-in yes     404     404     404     404     404     404
POST applications.choices                        sign-in yes     404     404     404     404     404     404
GET  applications.choices@submitted              sign-in yes     404     403     403     404     404     403
POST applications.choices@submitted              sign-in yes     404     403     403     404     404     403
GET  applications.choices@returned-closed        sign-in yes     404     403     403     404     404     403
POST applications.choices@returned-closed        sign-in yes     404     403     403     404     404     403
POST applications.choices@submitted-closed       sign-in 409     404     403     403     404     404     403
POST applications.withdraw@submitted             sign-in yes     404     403     403     404     404     403
POST applications.withdraw                       sign-in 409     404     404     404     404     404     404
POST applications.open_file@submitted            sign-in 409     404     403     403     404     404     403
GET  applications.team                           sign-in yes     404     404     404     404     404     404
POST applications.team@submitted                 sign-in 422     404     403     403     404     404     403
POST applications.leave_team@submitted           sign-in 409     404     403     403     404     404     403
POST applications.agree_as_partner@submitted     sign-in 403     404     403     403     404     404     403
POST applications.refuse_as_partner@submitted    sign-in 403     404     403     403     404     404     403
POST placements.accept_all@submitted             sign-in yes     404     403     403     404     404     403
GET  applications.documents                      sign-in yes     404     404     404     404     404     404
GET  applications.documents@documents            sign-in yes     404     403     403     404     404     403
GET  applications.documents@documents-rejected   sign-in yes     404     403     403     404     404     403
GET  applications.documents@approved-closed      sign-in yes     404     403     403     404     404     403
POST applications.upload_documents@documents     sign-in yes     404     403     403     404     404     403
POST applications.upload_documents@submitted-closed sign-in 409  404     403     403     404     404     403
GET  applications.download_document              sign-in yes     404     yes     yes     404     404     yes
GET  applications.choices@documents-rejected     sign-in yes     404     403     403     404     404     403
GET  applications.show@documents-accepted        sign-in yes     404     yes     yes     404     404     yes
GET  applications.review@documents               sign-in 403     404     yes     yes     404     404     yes
GET  applications.review@documents-rejected      sign-in 403     404     yes     yes     404     404     yes
POST applications.accept_document@documents      sign-in 403     404     yes     yes     404     404     yes
POST applications.accept_document@documents-accepted sign-in 403 404     409     409     404     404     409
POST applications.reject_document@documents      sign-in 403     404     yes     yes     404     404     yes
POST applications.reject_document@documents-rejected sign-in 403 404     409     409     404     404     409
GET  applications.criteria                       sign-in 403     403     403     403     403     403     yes
POST applications.criteria@draft-call            sign-in 404     404     403     403     403     403     yes
POST applications.criteria@ready                 sign-in 403     403     403     403     403     403     409
GET  applications.criteria@ready                 sign-in 403     403     403     403     403     403     yes
GET  applications.ask_documents                  sign-in 403     403     403     yes     403     403     yes
GET  applications.ask_documents@documents        sign-in 403     403     403     yes     403     403     yes
GET  applications.ask_documents@draft-call       sign-in 404     404     403     yes     403     403     yes
GET  applications.ask_documents@ready            sign-in 403     403     403     yes     403     403     yes
POST applications.ask_documents                  sign-in 403     403     403     yes     403     403     yes
POST applications.ask_documents@ready            sign-in 403     403     403     409     403     403     409
GET  offers.call@documents                       yes     yes     yes     yes     yes     yes     yes     yes
GET  applications.team@team                      sign-in yes     404     404     404     404     404     404
POST applications.leave_team@team                sign-in yes     404     404     404     404     404     404
GET  applications.show@team                      sign-in yes     404     404     404     404     404     404
GET  applications.choices@several-open           sign-in yes     404     403     403     404     404     403
GET  applications.show@several                   sign-in yes     404     yes     yes     404     404     yes
GET  rounds.explanation@several                  sign-in yes     404     yes     yes     404     404     yes
GET  rounds.show@several                         yes     yes     yes     yes     yes     yes     yes     yes
POST placements.accept_all@several               sign-in yes     404     403     403     404     404     403
GET  offers.offer@several                        yes     yes     yes     yes     yes     yes     yes     yes

GET  projects.index                              yes     yes     yes     yes     yes     yes     yes     yes
GET  projects.project                            yes     yes     yes     yes     yes     yes     yes     yes
GET  projects.project@draft-project              sign-in 404     404     404     yes     yes     404     yes
GET  projects.project@closed-project             yes     yes     yes     yes     yes     yes     yes     yes
GET  projects.create                             sign-in 403     403     403     yes     yes     yes     yes
POST projects.create                             sign-in 403     403     403     422     422     422     422
GET  projects.edit                               sign-in 403     403     403     yes     yes     403     yes
POST projects.edit                               sign-in 403     403     403     yes     yes     403     yes
POST projects.open_project@draft-project         sign-in 404     404     404     yes     yes     404     yes
POST projects.open_project                       sign-in 403     403     403     409     409     403     409
GET  projects.close_project                      sign-in 403     403     403     yes     yes     403     yes
POST projects.close_project                      sign-in 403     403     403     yes     yes     403     yes
GET  projects.add_result                         sign-in 403     403     403     yes     yes     403     yes
POST projects.add_result                         sign-in 403     403     403     yes     yes     403     yes
POST projects.remove_result                      sign-in 403     403     403     yes     yes     403     yes

GET  laboratories.index                          yes     yes     yes     yes     yes     yes     yes     yes
GET  laboratories.equipment                      yes     yes     yes     yes     yes     yes     yes     yes
GET  laboratories.equipment@draft-equipment      sign-in 404     404     404     404     yes     404     yes
GET  laboratories.share                          sign-in 403     403     yes     yes     yes     yes     yes
POST laboratories.share                          sign-in 403     403     422     422     422     422     422
GET  laboratories.edit                           sign-in 403     403     403     403     yes     403     yes
POST laboratories.edit                           sign-in 403     403     403     403     yes     403     yes
POST laboratories.open_equipment@draft-equipment sign-in 404     404     404     404     yes     404     yes
POST laboratories.open_equipment                 sign-in 403     403     403     403     409     403     409
POST laboratories.withdraw_equipment             sign-in 403     403     403     403     yes     403     yes
GET  laboratories.add_slots                      sign-in 403     403     403     403     yes     403     yes
POST laboratories.add_slots                      sign-in 403     403     403     403     yes     403     yes
POST laboratories.remove_slot@free-slot          sign-in 403     403     403     403     yes     403     yes
POST laboratories.remove_slot                    sign-in 403     403     403     403     409     403     409
GET  laboratories.book@free-slot                 sign-in yes     yes     403     403     403     403     403
POST laboratories.book@free-slot                 sign-in yes     409     403     403     403     403     403
GET  laboratories.bookings                       sign-in yes     yes     yes     yes     yes     yes     yes
GET  laboratories.call_off                       sign-in yes     404     404     404     yes     404     yes
POST laboratories.call_off                       sign-in yes     404     404     404     yes     404     yes

GET  applications.pipeline                       sign-in 403     403     yes     yes     yes     yes     yes
POST applications.bulk                           sign-in 403     403     yes     yes     yes     yes     yes
GET  applications.remind                         sign-in 403     403     yes     yes     yes     yes     yes
POST applications.undo                           sign-in 403     403     404     404     404     404     404
GET  applications.export                         sign-in 403     403     yes     yes     yes     yes     yes
POST applications.save_view                      sign-in 403     403     yes     yes     yes     yes     yes
GET  applications.saved_view                     sign-in 404     404     404     yes     404     404     404
POST applications.rename_view                    sign-in 404     404     404     yes     404     404     404
POST applications.remove_view                    sign-in 404     404     404     yes     404     404     404
POST applications.send_reminders                 sign-in 403     403     422     422     422     422     422
GET  applications.review                         sign-in 403     404     404     404     404     404     404
GET  applications.review@submitted               sign-in 403     404     yes     yes     404     404     yes
GET  applications.review@rejected                sign-in 403     404     yes     yes     404     404     yes
GET  applications.review@approved-closed         sign-in 403     404     yes     yes     404     404     yes
GET  applications.review@reviewed-once           sign-in 403     404     yes     yes     404     404     yes
GET  applications.review@reviewed                sign-in 403     404     yes     yes     404     404     yes
GET  offers.call@reviewed                        yes     yes     yes     yes     yes     yes     yes     yes
POST applications.score@reviewed-once            sign-in 403     404     yes     yes     404     404     yes
POST applications.score@reviewed                 sign-in 403     404     409     yes     404     404     yes
POST applications.score@submitted                sign-in 403     404     yes     yes     404     404     yes
POST applications.score@rejected                 sign-in 403     404     409     409     404     404     409
POST applications.approve@submitted              sign-in 403     404     yes     yes     404     404     yes
POST applications.approve@rejected               sign-in 403     404     409     409     404     404     409
POST applications.give_back@submitted            sign-in 403     404     yes     yes     404     404     yes
POST applications.give_back@approved             sign-in 403     404     409     409     404     404     409
POST applications.reject@submitted               sign-in 403     404     yes     yes     404     404     yes
POST applications.reject@approved                sign-in 403     404     409     409     404     404     409
POST applications.exclude@approved               sign-in 403     404     403     403     404     404     yes
POST applications.pre_place@approved-closed      sign-in 403     404     403     403     404     404     yes
POST applications.release@approved-closed        sign-in 403     404     403     403     404     404     409
POST applications.readmit@approved               sign-in 403     404     403     403     404     404     409
POST applications.assign@submitted               sign-in 403     404     yes     yes     404     404     yes
POST applications.assign@approved-closed         sign-in 403     404     yes     yes     404     404     yes
POST applications.reopen@approved                sign-in 403     404     yes     yes     404     404     yes
POST applications.reopen@submitted               sign-in 403     404     409     409     404     404     409

GET  placements.index                            sign-in yes     yes     yes     yes     yes     yes     yes
GET  placements.show@offered                     sign-in yes     404     yes     yes     yes     404     yes
GET  placements.show@accepted                    sign-in yes     404     yes     yes     yes     404     yes
GET  placements.show@nominated                   sign-in yes     404     yes     yes     yes     404     yes
GET  placements.show@departed                    sign-in yes     404     yes     yes     yes     404     yes
POST placements.accept@offered                   sign-in yes     404     403     403     403     404     403
POST placements.accept@accepted                  sign-in 409     404     403     403     403     404     403
POST placements.keep@upgrade                     sign-in yes     404     403     403     403     404     403
POST placements.keep@accepted                    sign-in 409     404     403     403     403     404     403
GET  placements.show@upgrade                     sign-in yes     404     yes     yes     yes     404     yes
POST placements.nominate@upgrade                 sign-in 403     404     409     409     403     404     403
POST placements.decline@offered                  sign-in yes     404     403     403     403     404     403
POST placements.decline@accepted                 sign-in 409     404     403     403     403     404     403
POST placements.nominate@accepted                sign-in 403     404     yes     yes     403     404     403
POST placements.nominate@offered                 sign-in 403     404     409     409     403     404     403
POST placements.nominate_many                    sign-in 403     403     yes     yes     yes     yes     403
POST placements.verify@nominated                 sign-in 403     404     403     403     yes     404     403
POST placements.verify@verified                  sign-in 403     404     403     403     409     404     403
POST placements.reject@nominated                 sign-in 403     404     403     403     yes     404     403
POST placements.reject@verified                  sign-in 403     404     403     403     409     404     403
POST placements.arrival@verified                 sign-in 403     404     403     403     yes     404     403
POST placements.arrival@nominated                sign-in 403     404     403     403     409     404     403
POST placements.arrival@arrived                  sign-in 403     404     403     403     yes     404     403
POST placements.departure@arrived                sign-in 403     404     403     403     yes     404     403
POST placements.departure@verified               sign-in 403     404     403     403     409     404     403
POST placements.recognise@departed               sign-in 403     404     yes     yes     403     404     403
POST placements.recognise@arrived                sign-in 403     404     409     409     403     404     403
POST placements.cancel@accepted                  sign-in 403     404     yes     yes     yes     404     yes
POST placements.cancel@offered                   sign-in 403     404     409     409     409     404     409

GET  reports.index                               sign-in 403     403     403     yes     yes     yes     yes
GET  reports.download                            sign-in 403     403     403     yes     yes     yes     yes

GET  guide.index                                 yes     yes     yes     yes     yes     yes     yes     yes
GET  guide.page                                  yes     yes     yes     yes     yes     yes     yes     yes
GET  guide.page@how-research                     yes     yes     yes     yes     yes     yes     yes     yes
GET  guide.page@how-programme                    yes     yes     yes     yes     yes     yes     yes     yes
GET  guide.page@how-laboratories                 yes     yes     yes     yes     yes     yes     yes     yes
GET  guide.page@how-projects                     yes     yes     yes     yes     yes     yes     yes     yes

GET  rounds.index                                yes     yes     yes     yes     yes     yes     yes     yes
GET  rounds.show                                 yes     yes     yes     yes     yes     yes     yes     yes
GET  rounds.report                               yes     yes     yes     yes     yes     yes     yes     yes
GET  rounds.report@run                           sign-in 404     404     404     404     404     404     404
GET  rounds.file@published                       sign-in yes     403     403     yes     yes     403     yes
GET  rounds.file@run                             sign-in 404     404     404     404     404     404     403
GET  rounds.partner_file@published               sign-in 403     403     403     yes     yes     403     yes
GET  rounds.partner_file@run                     sign-in 404     404     404     404     404     404     403
GET  rounds.show@prepared                        sign-in 404     404     404     404     404     404     yes
GET  rounds.show@frozen                          sign-in 404     404     404     404     404     404     yes
GET  rounds.show@run                             sign-in 404     404     404     404     404     404     yes
GET  rounds.explanation@published                sign-in yes     404     yes     yes     404     404     yes
GET  rounds.explanation@run                      sign-in 404     404     404     404     404     404     404
POST rounds.explain@published                    sign-in 409     404     409     409     404     404     409
POST rounds.explain@run                          sign-in 404     404     404     404     404     404     404
GET  rounds.explanations@published               sign-in 403     403     yes     yes     yes     yes     yes
GET  rounds.waiting_order@published              sign-in 403     403     yes     yes     yes     yes     yes
GET  rounds.waiting_order@second-published       sign-in 403     403     yes     yes     yes     yes     yes
GET  rounds.waiting_order@run                    sign-in 404     404     404     404     404     404     403
GET  rounds.explanations@run                     sign-in 404     404     404     404     404     404     403
GET  rounds.cockpit@submitted                    sign-in 403     403     403     403     403     403     yes
GET  rounds.cockpit@ready                        sign-in 403     403     403     403     403     403     yes
GET  rounds.cockpit@frozen                       sign-in 403     403     403     403     403     403     yes
GET  rounds.cockpit@run                          sign-in 403     403     403     403     403     403     yes
GET  rounds.cockpit@published                    sign-in 403     403     403     403     403     403     yes
GET  rounds.cockpit@draft-call                   sign-in 404     404     403     403     403     403     yes
POST rounds.close@submitted                      sign-in 403     403     403     403     403     403     yes
POST rounds.close@ready                          sign-in 403     403     403     403     403     403     409
POST rounds.freeze@ready                         sign-in 403     403     403     403     403     403     yes
POST rounds.freeze@submitted-closed              sign-in 403     403     403     403     403     403     409
POST rounds.thaw@frozen                          sign-in 403     403     403     403     403     403     yes
POST rounds.thaw@published                       sign-in 403     403     403     403     403     403     409
POST rounds.start_run@frozen                     sign-in 403     403     403     403     403     403     yes
POST rounds.start_run@ready                      sign-in 403     403     403     403     403     403     409
POST rounds.start_run@published                  sign-in 403     403     403     403     403     403     409
POST rounds.start_runs@frozen                    sign-in 403     403     403     403     403     403     yes
POST rounds.start_runs@ready                     sign-in 403     403     403     403     403     403     409
GET  rounds.compare@frozen                       sign-in 403     403     403     403     403     403     yes
GET  rounds.compare@run                          sign-in 403     403     403     403     403     403     yes
GET  rounds.compare@ready                        sign-in 403     403     403     403     403     403     409
GET  rounds.cockpit@queued                       sign-in 403     403     403     403     403     403     yes
GET  rounds.show_run@queued                      sign-in 404     404     404     404     404     404     yes
POST rounds.cancel_run@queued                    sign-in 404     404     404     404     404     404     yes
POST rounds.cancel_run@run                       sign-in 404     404     404     404     404     404     409
GET  rounds.draw@submitted                       yes     yes     yes     yes     yes     yes     yes     yes
GET  rounds.draw@draft-call                      sign-in 404     404     yes     yes     yes     yes     yes
POST rounds.commit_seed@submitted                sign-in 403     403     403     yes     yes     403     403
POST rounds.commit_seed@frozen                   sign-in 403     403     403     409     409     403     403
POST rounds.hand_in_seed@frozen                  sign-in 403     403     403     409     409     403     403
GET  rounds.show_run@run                         sign-in 404     404     404     404     404     404     yes
GET  rounds.show_run@published                   sign-in 404     404     404     404     404     404     yes
POST rounds.publish@run                          sign-in 404     404     404     404     404     404     yes
POST rounds.publish@published                    sign-in 404     404     404     404     404     404     409
GET  rounds.show_run@comparison                  sign-in 404     404     404     404     404     404     yes
POST rounds.ask_override@comparison              sign-in 404     404     404     404     404     404     yes
POST rounds.ask_override@overriding              sign-in 404     404     404     404     404     404     409
POST rounds.ask_override@run                     sign-in 404     404     404     404     404     404     409
GET  rounds.override@overriding                  sign-in 404     404     404     yes     yes     404     yes
POST rounds.consent@overriding                   sign-in 404     404     404     yes     yes     404     403
POST rounds.withdraw_override@overriding         sign-in 404     404     404     403     403     404     yes
GET  rounds.show_run@overriding                  sign-in 404     404     404     404     404     404     yes
GET  rounds.show@overridden                      yes     yes     yes     yes     yes     yes     yes     yes
GET  rounds.report@overridden                    yes     yes     yes     yes     yes     yes     yes     yes
GET  rounds.override@overridden                  sign-in 404     404     404     yes     yes     404     yes
POST rounds.consent@overridden                   sign-in 404     404     404     409     409     404     403
POST rounds.withdraw_override@overridden         sign-in 404     404     404     403     403     404     409
POST rounds.plan@run                             sign-in 404     404     404     404     404     404     yes
POST rounds.plan@published                       sign-in 404     404     404     404     404     404     409
POST rounds.cancel_plan@planned                  sign-in 403     403     403     403     403     403     yes
POST rounds.name_auditor@run                     sign-in 403     403     403     403     403     403     yes
POST rounds.dismiss_auditor@run                  sign-in 403     403     403     403     403     403     409
POST rounds.cancel_plan@run                      sign-in 403     403     403     403     403     403     409

POST rounds.start_second_round@second            sign-in 403     403     403     403     403     403     yes
POST rounds.start_second_round@second-queued     sign-in 403     403     403     403     403     403     409
POST rounds.start_second_round@run               sign-in 403     403     403     403     403     403     409
POST rounds.start_second_round@ready             sign-in 403     403     403     403     403     403     409
GET  rounds.cockpit@second                       sign-in 403     403     403     403     403     403     yes
GET  rounds.cockpit@second-queued                sign-in 403     403     403     403     403     403     yes
GET  rounds.cockpit@second-done                  sign-in 403     403     403     403     403     403     yes
GET  rounds.cockpit@second-published             sign-in 403     403     403     403     403     403     yes
GET  rounds.cockpit@appeal-open                  sign-in 403     403     403     403     403     403     yes
GET  rounds.show@second-published                yes     yes     yes     yes     yes     yes     yes     yes
GET  rounds.second_file@second-published         sign-in yes     403     403     yes     yes     403     yes
GET  rounds.second_file@second-done              sign-in 404     403     403     404     404     403     404
GET  rounds.show_second_round@second-queued      sign-in 404     404     404     404     404     404     yes
GET  rounds.show_second_round@second-done        sign-in 404     404     404     404     404     404     yes
GET  rounds.show_second_round@second-published   sign-in 404     404     404     404     404     404     yes
POST rounds.publish_second_round@second-done     sign-in 404     404     404     404     404     404     yes
POST rounds.publish_second_round@second-queued   sign-in 404     404     404     404     404     404     409
POST rounds.publish_second_round@second-published sign-in 404    404     404     404     404     404     409

GET  applications.show@second-done               sign-in yes     404     yes     yes     404     404     yes
GET  applications.show@appealable                sign-in yes     404     yes     yes     404     404     yes
GET  applications.show@appeal-promised           sign-in yes     404     yes     yes     404     404     yes
GET  rounds.list_appeals                         sign-in yes     yes     yes     yes     yes     yes     yes
GET  rounds.open_appeal@appealable               sign-in yes     404     403     403     404     404     403
GET  rounds.open_appeal@appeal-open              sign-in yes     404     403     403     404     404     403
POST rounds.open_appeal@appealable               sign-in yes     404     403     403     404     404     403
POST rounds.open_appeal@appeal-open              sign-in 422     404     403     403     404     404     403
GET  rounds.show_appeal@appeal-open              sign-in yes     404     yes     yes     404     404     yes
GET  rounds.show_appeal@appeal-asked             sign-in yes     404     yes     yes     yes     404     yes
GET  rounds.show_appeal@appeal-promised          sign-in yes     404     yes     yes     404     404     yes
GET  rounds.show_appeal@appeal-dismissed         sign-in yes     404     yes     yes     404     404     yes
POST rounds.withdraw_appeal@appeal-open          sign-in yes     404     403     403     404     404     403
POST rounds.withdraw_appeal@appeal-asked         sign-in yes     404     403     403     403     404     403
POST rounds.withdraw_appeal@appeal-dismissed     sign-in 409     404     403     403     404     404     403
POST rounds.dismiss_appeal@appeal-open           sign-in 403     404     403     403     404     404     yes
POST rounds.dismiss_appeal@appeal-promised       sign-in 403     404     403     403     404     404     409
POST rounds.promise_seat@appeal-open             sign-in 403     404     403     403     404     404     yes
POST rounds.promise_seat@appeal-dismissed        sign-in 403     404     403     403     404     404     409
POST rounds.ask_for_seat@appeal-open             sign-in 403     404     403     403     404     404     yes
POST rounds.ask_for_seat@appeal-promised         sign-in 403     404     403     403     404     404     409
POST rounds.consent_to_seat@appeal-asked         sign-in 403     404     403     403     yes     404     403
POST rounds.consent_to_seat@appeal-open          sign-in 403     404     403     403     404     404     403
POST rounds.refuse_seat@appeal-asked             sign-in 403     404     403     403     yes     404     403
POST rounds.refuse_seat@appeal-open              sign-in 403     404     403     403     404     404     403
"""  # noqa: E501


PARTNERS = b"schac,name_en,country,city_en,timezone\nnew.kz,A new one,KZ,Almaty,Asia/Almaty\n"
STUDENTS = b"email,name\nnew@kaznpu.kz,A New Student\n"
COURSES = (
    b"code,title_en,seats,language,ects,starts_on,ends_on\n"
    b"NEW,A new one,2,en,5,2031-02-01,2031-05-31\n"
)
AGREEMENTS = (
    b"agreement,partner_a,partner_b,title_en,direction,sending,receiving,first_year,last_year,"
    b"mobilities_per_year\n"
    b"one,kaznpu.kz,susu.ru,From a file,internship,kaznpu.kz,susu.ru,2030,2032,7\n"
)

# What is put into a form before it is sent; the rest goes as the page shows it. A function gets
# the ids of the address.
DATA: dict[str, dict | Callable[..., dict]] = {
    "accounts.set_language": {"language": "kk"},
    "accounts.sign_in": {"email": OWNER, "password": factories.PASSWORD},
    "accounts.change_password": {"current": factories.PASSWORD, "password": "a new sentence"},
    "accounts.register": {
        "name": "A New Student",
        "email": "new@kaznpu.kz",
        "language": "kk",
        "timezone": "Asia/Almaty",
        "consent": "y",
    },
    "accounts.forgot_password": {"email": OWNER},
    "accounts.confirm": {"password": "a new sentence"},
    "accounts.accept_invitation": {"password": "a new sentence"},
    "accounts.reset_password": {"password": "a new sentence"},
    "accounts.invite": lambda: {
        "name": "A New Coordinator",
        "email": "new@susu.ru",
        "role": "coordinator",
        "scope": partner("susu.ru"),
    },
    "accounts.grant_role": {"role": "admin", "scope": ""},
    "accounts.switch_off": {"reason": "Has left."},
    "accounts.erase": {"password": factories.PASSWORD, "sure": "y"},
    "accounts.erase_person": {"erase-reason": "Asked for it."},
    "partners.new": {"schac": "new.kz", "name_en": "A new one"},
    "partners.new_unit": {"code": "new", "name_en": "A new one"},
    "partners.new_contact": {"name": "A new one", "email": "new@kaznpu.kz"},
    "agreements.create": lambda: {
        "partner_a": partner("kaznpu.kz"),
        "partner_b": partner("susu.ru"),
        "title_en": "A new one",
    },
    "agreements.add_condition": lambda agreement_id: {
        "direction": "courses",
        "sending": partner("susu.ru"),
        "receiving": partner("kaznpu.kz"),
        "mobilities_per_year": 3,
    },
    "agreements.approve": lambda agreement_id: {
        "content_hash": db.session.get_one(Agreement, agreement_id).content_hash
    },
    "agreements.withdraw": {"reason": "A slip."},
    "agreements.terminate": {"reason": "It ends."},
    "agreements.give_notice": lambda agreement_id: {
        "reason": "It ends.",
        "last_day": (clock.now().date() + timedelta(days=99)).isoformat(),
    },
    "agreements.withdraw_notice": {"reason": "They stay."},
    "agreements.drop": {"reason": "Not needed."},
    "agreements.import_file": lambda: {"file": (BytesIO(AGREEMENTS), "agreements.csv")},
    "agreements.apply_import": lambda: {
        "name": "agreements.csv",
        "content": b64encode(AGREEMENTS).decode(),
        "digest": plan_import_of_agreements("agreements.csv", AGREEMENTS, actor=an_admin()).digest,
    },
    "offers.create_call": {
        "direction": "courses",
        "title_en": "A new one",
        "opens_at": "2130-01-01T09:00",
        "closes_at": "2130-02-01T18:00",
        "mending_until": "2130-02-08T18:00",
        "vacated_until": "2130-06-01T18:00",
    },
    "offers.edit_call": {"max_choices": 4, "reason": "More partners."},
    "offers.add_rule": {"language": "en", "reason": "The partners agreed."},
    "offers.edit_rule": lambda rule_id: {
        "reason": "The partners agreed.",
        **seen(EligibilityRule, rule_id),
    },
    "offers.remove_rule": lambda rule_id: {
        "reason": "The partners agreed.",
        **seen(EligibilityRule, rule_id),
    },
    "accounts.grade_scale": {"best": "5", "passing": "3"},
    "offers.close_call": {"reason": "All have applied."},
    "offers.cancel_call": {"reason": "No places."},
    "offers.create_offer": {
        "title_en": "A new one",
        "seats": 2,
        "language": "en",
        "starts_on": "2031-02-01",
        "ends_on": "2031-05-31",
        "hours_per_week": 20,
    },
    "offers.edit_offer": {"supervisor": "Somebody", "hours_per_week": 30, "reason": "A change."},
    "offers.open_offer": {"reason": "One more."},
    "offers.withdraw_offer": {"reason": "No money."},
    "applications.choices": {"action": "submit"},
    "applications.criteria": lambda call_id: {
        "criteria-0-name_en": "Motivation",
        "criteria-0-weight": "60",
        **seen(Call, call_id),
    },
    "applications.bulk": {"action": "approve"},
    "applications.score": lambda application_id: {
        "score-score": "85",
        **{
            f"score-mark_{one.id}": "85"
            for one in db.session.get_one(Application, application_id).call.criteria
        },
        "score-version": version_of(Application, application_id),
    },
    "applications.approve": lambda application_id: {
        "approve-version": version_of(Application, application_id)
    },
    "applications.give_back": lambda application_id: {
        "return-text": "Say more.",
        "return-version": version_of(Application, application_id),
    },
    "applications.reject": lambda application_id: {
        "reject-text": "Not yet.",
        "reject-version": version_of(Application, application_id),
    },
    "applications.exclude": lambda application_id: {
        "exclude-text": "Left the university.",
        "exclude-version": version_of(Application, application_id),
    },
    "applications.pre_place": lambda application_id: {
        "pre-place-offer": first_choice(application_id),
        "pre-place-text": "A double degree.",
        "pre-place-version": version_of(Application, application_id),
    },
    "applications.release": lambda application_id: {
        "release-text": "A slip.",
        "release-version": version_of(Application, application_id),
    },
    "applications.readmit": lambda application_id: {
        "readmit-text": "A slip.",
        "readmit-version": version_of(Application, application_id),
    },
    "applications.save_view": {"name": "To score", "status": "submitted"},
    "applications.rename_view": {"name": "Another name"},
    "applications.assign": lambda application_id: {
        "assign-colleague": who_sends(),
        "assign-version": version_of(Application, application_id),
    },
    "applications.reopen": lambda application_id: {
        "reopen-text": "A slip.",
        "reopen-version": version_of(Application, application_id),
    },
    "applications.upload_documents": lambda application_id: {
        "transcript": (BytesIO(pdf(b"another")), "transcript.pdf")
    },
    "applications.reject_document": lambda document_id: {
        f"document-{document_id}-text": "Unreadable."
    },
    "applications.ask_documents": {"cv-asked": "optional"},
    "partners.import_file": lambda: {"file": (BytesIO(PARTNERS), "partners.csv")},
    "partners.apply_import": lambda: {
        "name": "partners.csv",
        "content": b64encode(PARTNERS).decode(),
        "digest": plan_import("partners.csv", PARTNERS).digest,
    },
    "projects.close_project": {"reason": "The funding ended."},
    "projects.add_result": {"kind": "data", "title": "A map", "on": "2020-01-01"},
    "laboratories.edit": {"title_en": "Kiln"},
    "laboratories.add_slots": {
        "first": "2040-01-02",
        "last": "2040-01-02",
        "days": ["1"],
        "begin": "10:00",
        "end": "12:00",
        "capacity": "1",
    },
    "laboratories.book": {"purpose": "Samples"},
    "laboratories.call_off": {"reason": "It broke."},
    "accounts.import_people": lambda: {
        "file": (BytesIO(STUDENTS), "students.csv"),
        "institution": partner("kaznpu.kz"),
    },
    "accounts.apply_import": lambda: {
        "name": "students.csv",
        "content": b64encode(STUDENTS).decode(),
        "digest": students_planned().digest,
        "institution": partner("kaznpu.kz"),
    },
    "offers.import_offers": lambda call_id: {
        "file": (BytesIO(COURSES), "courses.csv"),
        "condition": under_which().id,
    },
    "offers.apply_import": lambda call_id: {
        "name": "courses.csv",
        "content": b64encode(COURSES).decode(),
        "digest": courses_planned(call_id).digest,
        "condition": under_which().id,
    },
    "rounds.start_runs": {"policies": ["rank_maximal"], "minutes": "5"},
    "rounds.ask_override": {"reason": "The partners agreed so."},
    "rounds.name_auditor": lambda call_id: {"email": an_address()},
    "rounds.plan": lambda run_id: {"at": f"{clock.now() + timedelta(days=3):%Y-%m-%dT%H:%M}"},
    "rounds.commit_seed": {"commitment": "ab" * 32},
    "rounds.hand_in_seed": {"seed": "ab" * 32},
    "rounds.close": {"reason": "All have applied."},
    "rounds.thaw": {"reason": "A score was wrong."},
    "rounds.open_appeal": lambda application_id: {
        "offer": db.session.get_one(Application, application_id).choices[0].offer_id,
        "reason": "Look again.",
    },
    "rounds.dismiss_appeal": {"dismiss-answer": "No."},
    "rounds.promise_seat": {"promise-answer": "Yes."},
    "rounds.ask_for_seat": {"ask-answer": "Yes."},
    "rounds.refuse_seat": {"refuse-comment": "Full."},
    "placements.reject": lambda placement_id: {"comment": "No.", **seen(Placement, placement_id)},
    "placements.accept": lambda placement_id: seen(Placement, placement_id),
    "placements.decline": lambda placement_id: seen(Placement, placement_id),
    "placements.arrival": lambda placement_id: {
        "on": clock.now().date().isoformat(),
        **seen(Placement, placement_id),
    },
    "placements.departure": lambda placement_id: {
        "on": clock.now().date().isoformat(),
        **seen(Placement, placement_id),
    },
    "placements.cancel": lambda placement_id: {"reason": "Ill.", **seen(Placement, placement_id)},
}


def an_admin() -> User:
    return next(user for user in db.session.scalars(select(User)) if user.is_admin)


def partner(schac: str) -> int:
    return db.session.scalars(select(Institution.id).where(Institution.schac == schac)).one()


def students_planned() -> Plan:
    kaznpu = db.session.get_one(Institution, partner("kaznpu.kz"))
    return plan_students(kaznpu, "students.csv", STUDENTS)


def courses_planned(call_id: int) -> Plan:
    admin = db.session.scalars(select(User).where(User.name == "Admin Person")).one()
    call = db.session.get_one(Call, call_id)
    return plan_courses(call, admin, "courses.csv", COURSES, Defaults(condition=under_which()))


def under_which() -> CooperationCondition:
    """The first condition under which people of SUSU attend courses at Abai KazNPU."""
    return db.session.scalars(
        select(CooperationCondition)
        .where(
            CooperationCondition.direction == Direction.COURSES,
            CooperationCondition.sending_id == partner("susu.ru"),
        )
        .order_by(CooperationCondition.id)
    ).first()


def seen(model: type, key: int) -> dict:
    """The version that a person who has just opened the page has seen."""
    return {"version": version_of(model, key)}


def an_address() -> str:
    return db.session.scalars(select(User.email).order_by(User.id)).first() or ""


def who_sends() -> int:
    """A coordinator of the sending university."""
    found = select(User.id).where(User.name == "Sending Coordinator")
    return db.session.scalars(found).one()


def first_choice(application_id: int) -> int:
    [first, *_] = db.session.get_one(Application, application_id).choices
    return first.offer_id


def version_of(model: type, key: int) -> int:
    return db.session.get_one(model, key).version


def rows() -> list[tuple[str, str, str, tuple[str, ...]]]:
    """(method, endpoint, scene, cells) of each line of the table."""
    found = []
    for line in TABLE.strip().splitlines()[1:]:
        if not line.strip() or line.startswith("#"):
            continue
        method, place, *cells = line.split()
        endpoint, _, scene = place.partition("@")
        assert len(cells) == len(PEOPLE), f"a row of {len(cells)} cells: {line}"
        found.append((method, endpoint, scene, tuple(cells)))
    return found


def endpoints(app) -> dict[tuple[str, str], Rule]:
    """(method, endpoint) → rule of everything that has an address, files aside."""
    return {
        (method, rule.endpoint): rule
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.endswith("static")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


@pytest.fixture(scope="module")
def world(service, database_server):
    """The populated world, kept as a template."""
    database_server.reset(service)
    built = build_world(service)
    database_server.keep(service, "world")
    return built


class Stage:
    """The world as it was built, set up again only after something was done in it."""

    def __init__(self, service, database_server) -> None:
        self._service, self._server = service, database_server
        self.touched = True

    def set_up(self) -> None:
        if self.touched:
            self._server.reset(self._service, "world")
            self.touched = False


@pytest.fixture(scope="module")
def stage(service, database_server, world):
    return Stage(service, database_server)


def test_each_endpoint_has_a_row(service):
    told = {(method, endpoint) for method, endpoint, _, _ in rows()}
    assert set(endpoints(service)) - told == set(), "endpoints without a row in the table"
    assert told - set(endpoints(service)) == set(), "rows without an endpoint"


def test_no_row_stands_twice():
    keys = [row[:3] for row in rows()]
    assert len(keys) == len(set(keys))


def met(response) -> str:
    """The word of the table for an answer."""
    if response.status_code == 303:
        return "sign-in" if response.location.startswith("/sign-in") else "yes"
    return {200: "yes", 302: "yes"}.get(response.status_code, str(response.status_code))


def sent(service, visitor: Visitor, method: str, endpoint: str, ids: dict) -> dict | None:
    """What a visitor sends to an address: its form as shown, and what they put in."""
    if method == "GET":
        return None
    data = DATA.get(endpoint, {})
    with service.test_request_context():
        put_in = data(**ids) if callable(data) else data
        address = service.url_for(endpoint, **ids)
        db.session.remove()
    if ("GET", endpoint) not in endpoints(service):
        return put_in
    shown = visitor.get(address)
    return {**(form_on(shown.text) if shown.status_code == 200 else {}), **put_in}


@pytest.mark.parametrize(
    ("method", "endpoint", "scene", "cells"),
    rows(),
    ids=[f"{method}-{endpoint}@{scene}" for method, endpoint, scene, _ in rows()],
)
def test_who_meets_what(service, world, stage, method, endpoint, scene, cells):
    rule = endpoints(service)[method, endpoint]
    ids = {name: world.id_of(name, scene) for name in rule.arguments}
    with service.test_request_context():
        address = service.url_for(endpoint, **ids)
    got = []
    for person in PEOPLE:
        stage.set_up()
        visitor = Visitor(service, world.people.get(person))
        response = visitor.client.open(
            address, method=method, data=sent(service, visitor, method, endpoint, ids)
        )
        got.append(met(response))
        response.close()  # a file that is served is open until then
        stage.touched = method == "POST" and response.status_code < 400
    assert dict(zip(PEOPLE, got, strict=True)) == dict(zip(PEOPLE, cells, strict=True))
