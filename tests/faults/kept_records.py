"""What a service has kept, read past it: decisions by their hook, feedback by its card."""

from pathlib import Path

from sqlalchemy import URL, select

from cds.errors import StoreUnavailable
from cds.settings import Settings
from cds.store.database import Database
from cds.store.tables import decisions, feedback


class Kept:
    """The database of a house; nothing while it cannot be read."""

    def __init__(self, data: Path, url: str | None = None) -> None:
        self._database = Database(Settings(data_dir=data, database_url=url))

    @property
    def url(self) -> URL:
        return self._database.url

    def instances(self) -> set[str]:
        return self._column(decisions.c.hook_instance)

    def told(self) -> set[str]:
        return self._column(feedback.c.card)

    def _column(self, column) -> set[str]:
        try:
            with self._database.read() as connection:
                return set(connection.scalars(select(column)))
        except StoreUnavailable:
            return set()

    def close(self) -> None:
        self._database.close()
