"""Compile the message catalogues into the wheel, so that nobody compiles them by hand."""

import runpy
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface):
    def initialize(self, version, build_data):
        # Run as a file: the package itself needs what is not installed while building.
        file = Path(self.root, "mobility", "catalogues.py")
        runpy.run_path(str(file), run_name="catalogues")["compile_catalogues"]()
