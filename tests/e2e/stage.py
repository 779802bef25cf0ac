"""One performance of the service in a browser: who plays, what they press, what they read."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .actor import Actor
from .sentences import Sentences

PASSWORD = "saddles under a wide sky"
ADMIN = "office@sapar.example"
SENDER, HOST = "sender@kaznpu.kz", "host@susu.ru"
ROBOTS, ARCHIVE = "Робототехника / Robotics", "Мұрағат / Archive"


class Stage:
    """One performance: who plays, and the ids of what they made."""

    def __init__(self, service, browse, language: str, **options) -> None:
        self.service, self.browse, self.language = service, browse, language
        self.options = options
        self.sentences = Sentences(language)
        self.places: dict[str, int] = {}

    def enter(self, **options) -> Actor:
        """Somebody at a browser of their own."""
        page = self.browse(self.service, self.language, **self.options, **options)
        return Actor(self.service, page, self.sentences)

    # --- Before anybody applies

    def admin_signs_in(self) -> None:
        self.service.command(
            "create-admin", ADMIN, "--language", self.language, "--password-stdin",
            typed=PASSWORD,
        )  # fmt: skip
        self.admin = self.enter()
        self.admin.go("/sign-in")
        self.admin.fill(email=ADMIN, password=PASSWORD)
        self.admin.send()

    def admin_enters_partners(self) -> None:
        self.home = self._partner("kaznpu.kz", "КазНПУ имени Абая", "KZ", "Asia/Almaty")
        self.host = self._partner("susu.ru", "ЮУрГУ", "RU", "Asia/Yekaterinburg")
        self.admin.go(f"/partners/{self.home}/units/new")
        self.admin.fill(code="imfi", name_ru="Институт математики, физики и информатики")
        self.admin.send()

    def _partner(self, schac: str, name: str, country: str, zone: str) -> int:
        self.admin.go("/partners/new")
        self.admin.fill(schac=schac, name_ru=name, country=country, timezone=zone, domains=schac)
        self.admin.send()
        self.admin.reads(name)
        return self.admin.id_in_address(r"/partners/(\d+)$")

    def admin_proposes_agreement(self, *directions: str) -> None:
        """With a condition from home to host for each direction."""
        admin = self.admin
        admin.go("/agreements/new")
        admin.fill(partner_a=self.home, partner_b=self.host, title_ru="Меморандум 2017 года")
        admin.send()
        self.agreement = admin.id_in_address(r"/agreements/(\d+)$")
        for direction in directions or ("internship",):
            admin.go(f"/agreements/{self.agreement}/conditions/new")
            admin.fill(
                direction=direction,
                sending=self.home,
                receiving=self.host,
                mobilities_per_year=10,
                eqf_levels=6,
            )
            admin.send()
        admin.press("/propose")

    def admin_invites_coordinators(self) -> None:
        for email, institution in ((SENDER, self.home), (HOST, self.host)):
            self.admin.go("/people/invite")
            self.admin.fill(
                name=f"Coordinator {email}",
                email=email,
                language=self.language,
                role="coordinator",
                scope=institution,
            )
            self.admin.send()

    def coordinators_approve(self) -> None:
        self.sender, self.receiver = (self._coordinator(SENDER), self._coordinator(HOST))
        for coordinator in (self.sender, self.receiver):
            coordinator.go(f"/agreements/{self.agreement}")
            coordinator.press("/approve")

    def _coordinator(self, email: str) -> Actor:
        coordinator = self.enter()
        coordinator.open_letter(email, "/invitation/")
        coordinator.fill(password=PASSWORD)
        coordinator.send()
        return coordinator

    def admin_announces_call(self, **rules: object) -> None:
        """A call with two places of one seat each; `rules` beside the usual ones."""
        admin = self.admin
        admin.go("/account")
        now = datetime.now(ZoneInfo(admin.page.input_value("[name=timezone]")))
        admin.go("/calls/new")
        admin.fill(
            direction="internship",
            title_ru="Стажировки",
            term=f"{now.year}/{now.year + 1}-2",
            opens_at=typed(now - timedelta(hours=1)),
            closes_at=typed(now + timedelta(days=3)),
            mending_until=typed(now + timedelta(days=5)),
            max_choices=3,
            vacated_until=typed(now + timedelta(days=60)),
            rules_ru="Сначала как можно больше мест, затем предпочтения и баллы.",
            **rules,
        )
        admin.send()
        self.call = admin.id_in_address(r"/calls/(\d+)$")
        for title in (ROBOTS, ARCHIVE):
            self._open_place(title, now)
        admin.go(f"/calls/{self.call}")
        admin.press("/announce")

    def _open_place(self, title: str, now: datetime) -> None:
        self.admin.go(f"/calls/{self.call}/offers/new")
        self.admin.fill(
            title_ru=title,
            seats=1,
            language="ru",
            starts_on=f"{now.year + 1}-02-01",
            ends_on=f"{now.year + 1}-05-31",
            hours_per_week=20,
        )
        self.admin.send()
        self.places[title] = self.admin.id_in_address(r"/offers/(\d+)$")
        self.admin.press("/open")

    # --- Students

    def student_registers(self, name: str, email: str, **options) -> Actor:
        """Register, confirm by mail, describe the studies, and begin an application."""
        student = self.registers(name, email, **options)
        self.begins(student)
        return student

    def registers(self, name: str, email: str, role: str = "student", **options) -> Actor:
        """A student or a teacher registers, confirms by mail and fills the profile."""
        person = self.enter(**options)
        person.go("/register")
        person.fill(role=role, name=name, email=email, language=self.language, consent=True)
        person.send()
        person.open_letter(email, "/confirm/")
        person.fill(password=PASSWORD)
        person.send()
        own = {"eqf_level": 6, "study_year": 3} if role == "student" else {"position": "Доцент"}
        person.fill(
            {
                **own,
                "isced_field": "0613",
                "skills-0-language": "ru",
                "skills-0-cefr": "C1",
            }
        )
        person.send()
        return person

    def begins(self, person: Actor) -> None:
        """Begin an application in the call."""
        person.go(f"/calls/{self.call}")
        person.press("/apply")
        person.application = person.id_in_address(r"/applications/(\d+)/choices")

    def student_ranks_by_drag(self) -> None:
        """The Archive goes into the list first, then Robotics above it."""
        self.aigerim = student = self.student_registers("Айгерім Серікова", "aigerim@kaznpu.kz")
        page = student.page
        self._drag(student, ARCHIVE, page.locator(".my-list h2"))
        self._drag(student, ROBOTS, page.locator(".ranked-item").first, above=True)
        self._submit(student, ROBOTS, ARCHIVE)

    def _drag(self, student: Actor, title: str, target, *, above: bool = False) -> None:
        mouse = student.page.mouse
        grip = student.page.locator(f"[data-place='{self.places[title]}'] [data-grab]")
        grip.scroll_into_view_if_needed()
        start, end = grip.bounding_box(), target.bounding_box()
        mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        mouse.down()
        x, y = end["x"] + end["width"] / 2, end["y"] + (2 if above else end["height"] / 2)
        mouse.move(x, y + 40, steps=8)
        mouse.move(x, y, steps=4)
        mouse.up()

    def student_ranks_by_keyboard(self) -> None:
        """Adds both places, then lifts the second above the first. No mouse is touched."""
        self.bekzat = student = self.student_registers("Бекзат Омаров", "bekzat@kaznpu.kz")
        keys = student.page.keyboard
        for title in (ARCHIVE, ROBOTS):
            student.page.evaluate("document.activeElement.blur()")
            student.tab_to(f"[data-place='{self.places[title]}'] [data-add]")
            keys.press("Enter")
        student.tab_to(f"[data-id='{self.places[ROBOTS]}'] [data-handle]")
        for key in ("Space", "ArrowUp", "Space"):
            keys.press(key)
        student.tab_to("[data-submit]")
        self._ranked(student, ROBOTS, ARCHIVE)
        student.arrive(lambda: keys.press("Enter"))
        student.reads(ROBOTS, ARCHIVE)

    def student_ranks_without_javascript(self) -> None:
        self.madina = self.student_applies("Мадина Ли", "madina@kaznpu.kz", ROBOTS)

    def student_applies(self, name: str, email: str, *titles: str) -> Actor:
        """Register and rank these places, by selects alone."""
        student = self.student_registers(name, email, java_script_enabled=False)
        student.fill(
            {f"choices-{self.places[title]}": rank for rank, title in enumerate(titles, start=1)}
        )
        student.press_named("action", "submit")
        student.reads(*titles)
        return student

    def _ranked(self, student: Actor, *titles: str) -> None:
        """The list stands in this order, and so do the selects that are sent."""
        shown = student.page.locator(".ranked-item [data-title]").all_inner_texts()
        assert shown == list(titles)
        for rank, title in enumerate(titles, start=1):
            select = student.page.locator(f"[name='choices-{self.places[title]}']")
            assert select.input_value() == str(rank)

    def _submit(self, student: Actor, *titles: str) -> None:
        self._ranked(student, *titles)
        student.press_named("action", "submit")
        student.reads(*titles)

    # --- The round

    def coordinator_scores_and_approves(self, **scores: float) -> None:
        scores = scores or {"Айгерім": 91, "Бекзат": 84.5, "Мадина": 70}
        for _ in scores:
            self.sender.go("/pipeline?status=submitted")
            self.sender.follow("main table a[href*='/review']")
            name = self.sender.page.inner_text("h1").split()[0]
            self.sender.fill({"score-score": scores[name]})
            self.sender.press_named("then", "approve")

    def admin_runs_and_publishes(self) -> None:
        admin = self.admin
        admin.go(f"/calls/{self.call}/round")
        page = admin.page
        admin.fill(reason="Все заявления поданы.")
        admin.press("/round/close")
        admin.press("/round/freeze")
        admin.press("/round/runs")
        page.locator("main form[action$='/publish']").wait_for(state="attached", timeout=30_000)
        admin.press("/publish")

    # --- Answers

    def students_read_and_answer(self) -> None:
        self.aigerim.go(f"/applications/{self.aigerim.application}")
        self.aigerim.reads(ROBOTS)
        self._answer(self.aigerim, "/accept", ROBOTS)
        self._answer(self.bekzat, "/decline", ARCHIVE)
        self.madina.go(f"/applications/{self.madina.application}")
        self.madina.reads(ROBOTS)
        assert self.madina.page.locator("main form[action$='/accept']").count() == 0

    def _answer(self, student: Actor, answer: str, title: str) -> None:
        student.go("/")
        student.follow(".card-next a.btn")
        student.reads(title)
        student.press(answer)

    def both_sides_agree(self) -> None:
        self.sender.go("/placements?step=accepted")
        self.sender.page.locator("main [name=placement]").check()
        self.sender.press("/placements/nominate")
        self.receiver.go("/placements?step=pending")
        self.receiver.follow("main table th a")
        self.receiver.reads("Айгерім Серікова", ROBOTS)
        self.receiver.press("/verify")
        self.aigerim.go("/placements")
        self.aigerim.reads(ROBOTS)


def typed(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")
