"""Manifest: what a backup says of itself, so that a damaged or foreign one is noticed first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.core.errors import BackupError

FORMAT: Final = 1
NAME: Final = "manifest.json"
RECORD: Final = {"sqlite": "record.db", "postgresql": "record.dump"}
MEDIA: Final = "media/"
PATHWAYS: Final = "pathways/"


@dataclass(frozen=True)
class Manifest:
    """`made_at` is the moment of the record's copy: what came later is not in it.

    `revision` is the step of the migrations, `rows` the number of rows of every
    table, `sums` the SHA-256 of every part by its name in the archive. `schema`
    is where PostgreSQL keeps the tables; empty on SQLite.
    """

    app: str
    made_at: datetime
    database: str
    revision: str
    rows: Mapping[str, int]
    sums: Mapping[str, str]
    schema: str = ""

    @property
    def record(self) -> str:
        """The name of the record's part."""
        return RECORD[self.database]

    def text(self) -> str:
        """As JSON. The moment is in UTC and says so."""
        return json.dumps(
            {
                "format": FORMAT,
                "app": self.app,
                "made_at": self.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "database": self.database,
                "schema": self.schema,
                "revision": self.revision,
                "rows": dict(sorted(self.rows.items())),
                "sums": dict(sorted(self.sums.items())),
            },
            indent=1,
            ensure_ascii=False,
        )


def read_manifest(text: str) -> Manifest:
    """Read it back; raises BackupError when it is not one of ours."""
    try:
        given = json.loads(text)
        if given["format"] != FORMAT:
            raise BackupError(
                f"the backup has format {given['format']}, this version reads {FORMAT}: "
                f"use the version of Aftercare that made it ({given['app']})"
            )
        made_at = datetime.strptime(given["made_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        manifest = Manifest(
            app=given["app"],
            made_at=made_at,
            database=given["database"],
            schema=given["schema"],
            revision=given["revision"],
            rows=given["rows"],
            sums=given["sums"],
        )
        known = manifest.record in manifest.sums
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise BackupError("the backup's manifest cannot be read: it is damaged or not ours")
    return manifest
