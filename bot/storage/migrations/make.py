"""Write the next migration: `python -m bot.storage.migrations.make "what it does"`."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config

from bot.storage.database import open_database
from bot.storage.migrate import migrate


def main(title: str) -> None:
    """Compare all migrations with the tables and write down the difference."""
    with TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{folder}/now.db")
        migrate(engine)
        with engine.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent))
            config.attributes["connection"] = connection
            command.revision(config, message=title, autogenerate=True)


if __name__ == "__main__":
    main(sys.argv[1])
