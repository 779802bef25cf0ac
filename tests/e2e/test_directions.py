"""Each direction in a real browser, from the condition of an agreement to the published result.

Internships are the main job. Here several courses a student, a research team placed together and
one refused together, teachers in a programme, and a laboratory: its slots given by a call, booked
by two people at one moment, and the page of the joint project that ties it together.
"""

from contextlib import ExitStack
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ..applications import files
from .actor import Actor
from .stage import Stage, typed

ALMATY = ZoneInfo("Asia/Almaty")
ALONE = {"vacated": "none", "appeal_days": 0}


class Directed(Stage):
    """A performance of one direction: an agreement in force, a call, places, people."""

    def begin(self, *directions: str) -> None:
        self.admin_signs_in()
        self.admin_enters_partners()
        self.admin_proposes_agreement(*directions)
        self.admin_invites_coordinators()
        self.coordinators_approve()

    def announce(self, direction: str, places: dict[str, dict], **rules: object) -> None:
        """A call of a direction that closes in three days, with its places opened."""
        admin = self.admin
        admin.go("/account")
        self.now = now = datetime.now(ZoneInfo(admin.page.input_value("[name=timezone]")))
        admin.go("/calls/new")
        admin.fill(
            direction=direction,
            title_ru="Конкурс",
            term=f"{now.year}/{now.year + 1}-2",
            opens_at=typed(now - timedelta(hours=1)),
            closes_at=typed(now + timedelta(days=3)),
            mending_until=typed(now + timedelta(days=5)),
            max_choices=5,
            rules_ru="Правила конкурса.",
            **rules,
        )
        admin.send()
        self.call = admin.id_in_address(r"/calls/(\d+)$")
        for title, own in places.items():
            admin.go(f"/calls/{self.call}/offers/new")
            dates = {"starts_on": f"{now.year + 1}-02-01", "ends_on": f"{now.year + 1}-05-31"}
            given = {"title_ru": title, "seats": 1, "language": "ru", **own}
            admin.fill(given if "slot" in own else {**dates, **given})
            admin.send()
            self.places[title] = admin.id_in_address(r"/offers/(\d+)$")
            admin.press("/open")
        admin.go(f"/calls/{self.call}")
        admin.press("/announce")

    def ranks(self, person: Actor, *titles: str, **own: object) -> None:
        """Rank these places by selects alone, and submit."""
        person.go(f"/applications/{person.application}/choices")
        ranks = {f"choices-{self.places[title]}": at for at, title in enumerate(titles, start=1)}
        person.fill({**ranks, **own})
        person.press_named("action", "submit")
        person.reads(*titles)

    def applies(self, name: str, email: str, *titles: str, role: str = "student", **own) -> Actor:
        person = self.registers(name, email, role, java_script_enabled=False)
        self.begins(person)
        self.ranks(person, *titles, **own)
        return person

    def teacher_applies(self, name: str, email: str, *titles: str) -> Actor:
        """With the agreement of the head of department, which such a call asks for by itself."""
        teacher = self.registers(name, email, "staff", java_script_enabled=False)
        self.begins(teacher)
        teacher.go(f"/applications/{teacher.application}/documents")
        agreement = {"name": "Согласие.pdf", "mimeType": "application/pdf", "buffer": files.PDF}
        teacher.page.set_input_files("#head_agreement", agreement)
        teacher.page.click("form.documents button[type=submit]")
        teacher.reads("Согласие")
        self.ranks(teacher, *titles)
        return teacher


@pytest.fixture
def stage(new_service, browse, request):
    return Directed(new_service(), browse, request.param)


@pytest.mark.parametrize("stage", ["ru"], indirect=True)
def test_student_gets_three_of_five_courses_without_clash_within_credits(stage):
    stage.begin("courses")
    courses = {
        "Алгебра": "Пн 10:00-11:30",
        "Геометрия": "Пн 11:00-12:30",
        "Логика": "Вт 10:00-11:30",
        "Методика": "Ср 10:00-11:30",
        "История": "Чт 10:00-11:30",
    }
    places = {title: {"ects": 5, "timetable": week} for title, week in courses.items()}
    stage.announce("courses", places, max_credits=20, **ALONE)
    aigerim = stage.applies(
        "Айгерім Серікова", "aigerim@kaznpu.kz", *courses, credits_wanted=15, credits_most=15
    )
    stage.coordinator_scores_and_approves(Айгерім=91)
    stage.admin_runs_and_publishes()
    aigerim.go(f"/applications/{aigerim.application}")
    aigerim.reads("Алгебра", "Логика", "Методика", "10:00–11:30")
    assert aigerim.page.locator(".result .cards h3").all_inner_texts() == [
        "Алгебра",
        "Логика",
        "Методика",
    ]
    aigerim.press("/accept-all")
    aigerim.go("/placements")
    aigerim.reads("Алгебра", "Логика", "Методика")


@pytest.mark.parametrize("stage", ["kk"], indirect=True)
def test_one_research_team_is_placed_together_and_one_refused_together(stage):
    stage.begin("research")
    stage.announce("research", {"Топырақ": {"seats": 1, "staff_seats": 1}}, teams=True, **ALONE)
    teams = []
    for name, other, score in (("Айгерім", "Виктор", 91), ("Бекзат", "Гүлнар", 84)):
        plain = {"java_script_enabled": False}  # the selects alone
        student = stage.registers(f"{name} Серікова", f"{score}@kaznpu.kz", **plain)
        teacher = stage.registers(f"{other} Ли", f"t{score}@kaznpu.kz", "staff", **plain)
        stage.begins(student)
        student.go(f"/applications/{student.application}/team")
        student.fill(email=f"t{score}@kaznpu.kz")
        student.send()
        teacher.go("/")
        teacher.follow(".card-next a.btn")
        teacher.press("/partner/agree")
        stage.ranks(student, "Топырақ")
        teams.append((student, teacher))
    stage.coordinator_scores_and_approves(Айгерім=91, Бекзат=84)
    stage.admin_runs_and_publishes()
    for (student, teacher), placed in zip(teams, (True, False), strict=True):
        for person in (student, teacher):
            person.go(f"/applications/{student.application}")
            good = person.page.locator(".result.is-good").count()
            assert good == placed, person.page.url
        answer = student.page.locator("main form[action$='/accept']").count()
        assert answer == placed


@pytest.mark.parametrize("stage", ["en"], indirect=True)
def test_teacher_is_placed_in_a_programme_with_its_certificate(stage):
    stage.begin("professional_development")
    programmes = {
        "Статистика": {"hours": 72, "certificate": "Удостоверение, 72 часа"},
        "Письмо": {"hours": 36, "certificate": "Удостоверение, 36 часов"},
    }
    stage.announce("professional_development", programmes, vacated_until=after_sixty_days())
    viktor = stage.teacher_applies("Виктор Ли", "viktor@kaznpu.kz", "Статистика", "Письмо")
    gulnar = stage.teacher_applies("Гүлнар Омарова", "gulnar@kaznpu.kz", "Статистика")
    stage.coordinator_scores_and_approves(Виктор=91, Гүлнар=84)
    stage.admin_runs_and_publishes()
    for person, place in ((viktor, "Письмо"), (gulnar, "Статистика")):  # both are placed only so
        person.go(f"/applications/{person.application}")
        assert place in person.page.inner_text(".result.is-good")
    viktor.go(f"/applications/{viktor.application}")
    viktor.press("/accept")
    gulnar.go(f"/offers/{stage.places['Статистика']}")
    gulnar.reads("72", "Удостоверение, 72 часа")


@pytest.mark.parametrize("stage", ["ru"], indirect=True)
def test_laboratory_gives_slots_and_a_project_ties_all_together(stage):
    stage.begin("laboratories", "research")
    leaders = {
        "home": stage.registers("Виктор Ли", "viktor@kaznpu.kz", "staff"),
        "host": stage.registers("Дарья Орлова", "darya@susu.ru", "staff"),
    }
    receiver, project = stage.receiver, _project(stage)
    direct = _equipment(stage, "Студия движения", directly=True)
    given = _equipment(stage, "Микроскоп", directly=False)

    # two people ask for the last place of a slot in the same second
    for leader in leaders.values():
        leader.go(f"/laboratories/{direct}")
        leader.follow("main table a[href$='/book']")
        leader.page.select_option("[name=project_id]", str(project))
        leader.page.fill("[name=purpose]", "Образцы почв")
    with ExitStack() as together:
        for leader in leaders.values():  # one of them is to be told that it is full
            together.enter_context(leader.page.watch.expecting(409))
        for leader in leaders.values():
            leader.page.evaluate("document.querySelector('main form').requestSubmit()")
        for leader in leaders.values():
            leader.page.wait_for_selector("main table, main .error-summary")
    booked = [leader for leader in leaders.values() if leader.page.url.endswith("/bookings")]
    (late,) = [leader for leader in leaders.values() if leader not in booked]
    assert len(booked) == 1
    late_says = late.page.inner_text("main .error-summary")
    assert late.sentences.knows(late_says.splitlines()[-1])
    assert late.page.input_value("[name=purpose]") == "Образцы почв"

    # the slots of the microscope are given by a call
    stage.admin.go("/account")
    slots = {"Сеанс": {"slot": _slot_of(stage, given), "project": project}}
    stage.announce("laboratories", slots, vacated_until=after_sixty_days())
    aigerim = stage.applies("Айгерім Серікова", "aigerim@kaznpu.kz", "Сеанс")
    stage.coordinator_scores_and_approves(Айгерім=91)
    stage.admin_runs_and_publishes()
    aigerim.go(f"/applications/{aigerim.application}")
    aigerim.press("/accept")

    receiver.go(f"/projects/{project}")
    receiver.reads("Сеанс", "Айгерім Серікова", "Студия движения", "Первые данные")


def after_sixty_days() -> str:
    return typed(datetime.now(ALMATY) + timedelta(days=60))


def _project(stage: Directed) -> int:
    """The receiving coordinator drafts a project, opens it and notes what it has brought."""
    keeper, today = stage.receiver, datetime.now(ALMATY)
    keeper.go("/projects/new")
    keeper.fill(
        partner_a=stage.home,
        partner_b=stage.host,
        title_ru="Почвы степи",
        starts_on=(today - timedelta(days=30)).date().isoformat(),
        ends_on=(today + timedelta(days=300)).date().isoformat(),
        leader_a="viktor@kaznpu.kz",
        leader_b="darya@susu.ru",
    )
    keeper.send()
    project = keeper.id_in_address(r"/projects/(\d+)$")
    keeper.press("/open")
    keeper.go(f"/projects/{project}/results/new")
    keeper.fill(kind="data", title="Первые данные", on=today.date().isoformat())
    keeper.send()
    return project


def _equipment(stage: Directed, title: str, *, directly: bool) -> int:
    """The receiving coordinator shares equipment with one slot for one person in ten days."""
    keeper, day = stage.receiver, datetime.now(ALMATY) + timedelta(days=10)
    keeper.go("/laboratories/new")
    keeper.fill(scope=stage.host, title_ru=title)
    keeper.page.set_checked("main [name=safety_training]", False)
    keeper.page.set_checked("main [name=books_directly]", directly)
    keeper.send()
    equipment = keeper.id_in_address(r"/laboratories/(\d+)$")
    keeper.go(f"/laboratories/{equipment}/slots")
    keeper.fill(
        first=day.date().isoformat(),
        last=day.date().isoformat(),
        days=day.isoweekday(),
        begin="10:00",
        end="12:00",
        capacity=1,
    )
    keeper.send()
    keeper.press("/open")
    return equipment


def _slot_of(stage: Directed, equipment: int) -> str:
    """What the form of a place calls the slot of some equipment."""
    keeper = stage.receiver
    keeper.go(f"/laboratories/{equipment}")
    action = keeper.page.locator("main form[action$='/remove']").first.get_attribute("action")
    assert action is not None
    return action.split("/")[-2]
