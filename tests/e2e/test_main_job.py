"""The main job in a real browser, from an empty database to answered placements.

An admin sets up two partners, their agreement, a call and its places; both coordinators approve;
three students register and rank (by drag, by keyboard, without JavaScript); the coordinator scores
and approves; the admin runs and publishes; the students read and answer; the sending side
nominates and the host verifies. Once in each language.
"""

import pytest

from .stage import Stage


@pytest.mark.parametrize(
    ("language", "motion"), [("en", "no-preference"), ("ru", "reduce"), ("kk", "reduce")]
)
def test_main_job_from_an_empty_database(new_service, browse, language, motion):
    stage = Stage(new_service(), browse, language, reduced_motion=motion)
    stage.admin_signs_in()
    stage.admin_enters_partners()
    stage.admin_proposes_agreement()
    stage.admin_invites_coordinators()
    stage.coordinators_approve()
    stage.admin_announces_call()
    stage.student_ranks_by_drag()
    stage.student_ranks_by_keyboard()
    stage.student_ranks_without_javascript()
    stage.coordinator_scores_and_approves()
    stage.admin_runs_and_publishes()
    stage.students_read_and_answer()
    stage.both_sides_agree()
