"""The offline job from two files to a third."""

import csv
import subprocess
import sys

import pytest
from flask_babel import gettext as _
from python_calamine import CalamineWorkbook

from matching import POLICIES
from mobility.i18n import standalone
from mobility.rounds.offline import columns, summary

from .offline_files import DATA, EXAMPLES, PLACES, REQUESTS, ROOT, grid, match, save, simulate

EXCHANGE = DATA / "exchange_places.csv"


def read(path, **options):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, **options))


@pytest.fixture
def files(tmp_path):
    return save(tmp_path, "places.csv", PLACES), save(tmp_path, "requests.csv", REQUESTS)


def test_match_writes_a_row_for_each_applicant(files, tmp_path):
    out = tmp_path / "placements.csv"
    run = match(*files, "--out", out, "--seed", 5)
    assert run.code == 0
    assert read(out) == [
        ["applicant", "place", "institution", "title", "rank", "reason"],
        ["p1", "A1", "Uni", "Lab", "1", ""],
        ["p2", "B2", "Uni", "Shop", "1", ""],
    ]
    assert run.out == [
        "places.csv: 2 rows read",
        "requests.csv: 2 rows read",
        "",
        "Policy: linear assignment (most placements first, then least total cost)",
        "Seed of the lottery: 5",
        "",
        "Applicants by the rank of the place they got:",
        f"         1  2  {'█' * 40}",
        "         2  0",
        "  unplaced  0",
        "",
        "Seats filled: 2 of 3; applicants placed: 2 of 2.",
        "Certified optimal: the prices of the places prove that no other assignment places more"
        " applicants, or as many at less cost.",
        f"{out}: 2 rows written",
    ]


def test_command_needs_no_service(files, tmp_path):
    words = ["-m", "mobility.cli", "match", "places.csv", "requests.csv", "--out", "p.csv"]
    done = subprocess.run(
        [sys.executable, *words],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"         1  2  " + b"#" * 40 in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "p.csv",
        "places.csv",
        "requests.csv",
    ]


def test_unplaced_are_told_why(tmp_path):
    places = save(tmp_path, "places.csv", PLACES + "Z9,Uni,Attic,0\n")
    requests = save(
        tmp_path,
        "requests.csv",
        "applicant,merit,choice_1,choice_2\na,90,B2,\nb,80,B2,Z9\nc,70,Z9,\nd,60,,\n",
    )
    out = tmp_path / "p.csv"
    run = match(places, requests, "--out", out, "--seed", 1)
    assert [(row[0], row[5]) for row in read(out)[1:]] == [
        ("a", ""),
        ("b", "every listed place went to other applicants"),
        ("c", "the listed places have no seats"),
        ("d", "listed no place"),
    ]
    assert [line for line in run.out if line.startswith("    of them")] == [
        "    of them 1: every listed place went to other applicants",
        "    of them 1: listed no place",
        "    of them 1: the listed places have no seats",
    ]


def test_no_applicants_make_a_result_of_no_rows(tmp_path):
    places = save(tmp_path, "places.csv", PLACES)
    requests = save(tmp_path, "requests.csv", "applicant,merit,choice_1\n")
    out = tmp_path / "p.csv"
    run = match(places, requests, "--out", out)
    assert run.code == 0
    assert read(out) == [["applicant", "place", "institution", "title", "rank", "reason"]]
    assert run.out[-1] == f"{out}: 0 rows written"


def test_drawn_seed_repeats_the_result(files, tmp_path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    run = match(*files, "--out", first)
    seed = next(line for line in run.out if line.startswith("Seed")).split()[-1]
    match(*files, "--out", second, "--seed", seed)
    assert first.read_bytes() == second.read_bytes()


def test_order_of_rows_does_not_redraw_the_lottery(tmp_path):
    places = save(tmp_path, "places.csv", "code,institution,title,seats\nA1,U,t,3\nB2,U,t,2\n")
    rows = [f"p{number},50,A1,B2" for number in range(10)]
    got = []
    for order in (rows, rows[::-1], rows[5:] + rows[:5]):
        text = "\n".join(["applicant,merit,choice_1,choice_2", *order])
        requests = save(tmp_path, "requests.csv", text)
        match(places, requests, "--out", tmp_path / "p.csv", "--seed", 3)
        got.append(sorted(read(tmp_path / "p.csv")[1:]))
    assert got[0] == got[1] == got[2]


def test_limit_is_the_number_of_choice_columns(tmp_path):
    places = save(tmp_path, "places.csv", PLACES)
    requests = save(
        tmp_path, "requests.csv", "applicant,merit,choice_1,choice_2,choice_3\np,50,A1,,\n"
    )
    run = match(places, requests, "--out", tmp_path / "p.csv")
    labels = [line.split()[0] for line in run.out if line.startswith("   ") or "unpl" in line]
    assert labels == ["1", "2", "3", "unplaced"]


@pytest.mark.parametrize("policy", POLICIES)
def test_each_policy_tells_what_was_proved(files, tmp_path, policy):
    run = match(*files, "--out", tmp_path / "p.csv", "--policy", policy, "--seed", 1)
    assert run.code == 0
    with standalone("en"):
        assert f"Policy: {summary.policy_titles()[policy]}" in run.out
    certified = [line for line in run.out if line.startswith("Certified optimal")]
    checked = [line for line in run.out if line.startswith("Checked: nobody would rather")]
    by_merit = policy in {"deferred_acceptance", "serial_dictatorship"}
    assert (len(certified), len(checked)) == (int(not by_merit), int(by_merit))
    by_rank = [line for line in certified if "one for each rank" in line]
    assert len(by_rank) == int(not by_merit and policy != "linear_assignment")


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_columns_and_reasons_come_in_the_language_asked_for(tmp_path, language):
    header = [columns.name(field, language) for field in ("code", "institution", "title", "seats")]
    places = save(tmp_path, "places.csv", ";".join(header) + "\nA1;Әл-Фараби;ө;1\n")
    header = [columns.name(field, language) for field in ("applicant", "merit", "choice_1")]
    requests = save(tmp_path, "requests.csv", ";".join(header) + "\nӘ;7,5;A1\nБ;5;A1\n")
    out = tmp_path / "p.csv"
    run = match(places, requests, "--out", out, "--lang", language, "--seed", 1)
    assert run.code == 0
    with standalone(language):
        reason = _("every listed place went to other applicants")
    assert read(out, delimiter=";") == [
        {
            "en": ["applicant", "place", "institution", "title", "rank", "reason"],
            "ru": ["заявитель", "место", "вуз", "название", "приоритет", "причина"],
            "kk": ["өтініш беруші", "орын", "жоғары оқу орны", "атауы", "таңдау реті", "себебі"],
        }[language],
        ["Ә", "A1", "Әл-Фараби", "ө", "1", ""],
        ["Б", "", "", "", "", reason],
    ]


def test_workbooks_in_and_text_out(tmp_path):
    places = save(
        tmp_path, "places.xlsx", [*grid("code,institution,title,seats"), [101, "U", "t", 1.0]]
    )
    requests = save(
        tmp_path,
        "requests.xlsx",
        [
            *grid("applicant,merit,choice_1,level,remark"),
            [2001, 87.35000000000001, 101, 6, "early"],
            ["2002", "50,5", "101"],
        ],
    )
    for language, delimiter in (("en", ","), ("ru", ";")):
        out = tmp_path / f"{language}.csv"
        run = match(places, requests, "--out", out, "--seed", 1, "--lang", language)
        assert run.code == 0
        assert out.read_bytes().startswith(b"\xef\xbb\xbf")
        rows = read(out, delimiter=delimiter)
        assert [row[:5] for row in rows[1:]] == [
            ["2001", "101", "U", "t", "1"],
            ["2002", "", "", "", ""],
        ]


def test_workbook_types_text_as_text_and_ranks_as_numbers(tmp_path):
    places = save(
        tmp_path, "places.xlsx", [*grid("code,institution,title,seats"), [101, "U", "+t", 1.0]]
    )
    requests = save(tmp_path, "requests.csv", "applicant,merit,choice_1\n=1+1,87.5,101\n")
    out = tmp_path / "p.xlsx"
    assert match(places, requests, "--out", out, "--seed", 1).code == 0
    assert CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python() == [
        ["applicant", "place", "institution", "title", "rank", "reason"],
        ["=1+1", "101", "U", "+t", 1.0, ""],
    ]


def test_unused_columns_and_sheets_are_named(tmp_path):
    places = save(tmp_path, "places.csv", "code,institution,title,seats,city\nA1,U,t,1,Ufa\n")
    requests = save(
        tmp_path, "requests.csv", "applicant,merit,level,field,choice_1,\np,5,6,0613,A1,note\n"
    )
    run = match(places, requests, "--out", tmp_path / "p.csv")
    assert run.out[:4] == [
        "places.csv: 1 row read",
        "  columns not used: “city”",
        "requests.csv: 1 row read",
        "  columns not used: “”",
    ]


def test_result_replaces_an_old_one_and_keeps_its_mode(files, tmp_path):
    out = tmp_path / "p.csv"
    out.write_text("old")
    out.chmod(0o640)
    match(*files, "--out", out, "--seed", 1)
    assert read(out)[1][0] == "p1"
    assert out.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "p.csv",
        "places.csv",
        "requests.csv",
    ]


def test_real_exchange_seats_with_simulated_applicants(tmp_path):
    requests, out = tmp_path / "requests.csv", tmp_path / "placements.csv"
    made = simulate(EXCHANGE, "--applicants", 450, "--seed", 2026, "--out", requests)
    assert made.out[0] == "exchange_places.csv: 91 rows read"
    run = match(EXCHANGE, requests, "--out", out, "--seed", 7)
    assert run.code == 0
    placements = read(out)[1:]
    seats = {row[0]: int(row[3]) for row in read(EXCHANGE)[1:]}
    assert sum(seats.values()) == 319
    wishes = {row[0]: row[4:] for row in read(requests)[1:]}
    assert [row[0] for row in placements] == list(wishes)
    held = [row[1] for row in placements if row[1]]
    assert all(held.count(code) <= seats[code] for code in set(held))
    assert all(wishes[row[0]][int(row[4]) - 1] == row[1] for row in placements if row[1])
    assert run.out[-2].startswith("Certified optimal")
    assert run.out[-3] == (
        f"Seats filled: {len(held)} of 319; applicants placed: {len(held)} of 450."
    )


def test_examples_of_the_readme_run(tmp_path):
    run = match(EXAMPLES / "places.csv", EXAMPLES / "requests.csv", "--out", tmp_path / "p.csv")
    assert run.code == 0
    assert "Seats filled: 11 of 11; applicants placed: 11 of 12." in run.out


@pytest.mark.parametrize(
    ("encoding", "block"),
    [("utf-8", "█"), ("ascii", "#"), ("cp1251", "#"), ("cp866", "█"), (None, "#")],
)
def test_bars_use_blocks_where_the_terminal_has_them(encoding, block):
    assert summary.block_for(encoding) == block


def test_bars_show_the_smallest_count_that_is_not_zero():
    assert list(summary.bars(["1", "12"], [1000, 1], "#")) == [
        f"   1  1000  {'#' * 40}",
        "  12     1  #",
    ]
