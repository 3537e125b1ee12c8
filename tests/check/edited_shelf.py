"""What the tests of check and diff speak of: the stories, a command that was run, an edit."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

STORIES = Path(__file__).parents[2] / "fixtures" / "fhir"
Run = Callable[..., Result]
Edit = Callable[[str, str, str], None]
