"""The command `mobility`: the rooms' commands, and those of Flask and its migrations."""

import click
from flask.cli import FlaskGroup

from . import ROOMS, create_app, room_module, running


def main() -> None:
    """Entry point of the console script."""
    group = FlaskGroup(
        create_app=create_app,
        add_version_option=False,
        load_dotenv=False,
        help="Sapar: academic mobility and internship matching.",
    )
    for command in (*running.commands, *_room_commands()):
        group.add_command(command)
    group(prog_name="mobility")


def _room_commands() -> list[click.Command]:
    found: list[click.Command] = []
    for room in ROOMS:
        if module := room_module(room, "cli"):
            found.extend(module.commands)
    return found


if __name__ == "__main__":
    main()
