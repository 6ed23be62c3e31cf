"""Adopt files: the care team's folder comes into force without a release, and that is noted.

At the very first start nobody has released anything yet. Later only a house that has said
so (AFTERCARE_UNRELEASED_FILES=use) takes what was changed in the folder by hand.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.pathway_version import PathwayVersion
from bot.core.release import FROM_FILES, Release, files_of, in_force
from bot.core.staff import AuditEntry
from bot.services.ports import Clock, Ids, Record, Transaction, Workbench


def adopt_files(
    record: Record, workbench: Workbench, clock: Clock, ids: Ids, *, use: bool
) -> list[str]:
    """Take the folder as it stands; the names of the files that are new in force.

    Raises PathwayError when the folder cannot be used as it is.
    """
    with record.reading() as tx:
        if not use and tx.releases.count():
            return []
        earlier = tx.releases.find(order_by="number")
    old, new = in_force(earlier), workbench.folder()
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    if not names:
        return []
    now = clock.now()
    versions = {id: one.version for id, one in workbench.pathways(new).items()}
    release = Release(
        id=ids.new(),
        number=len(earlier) + 1,
        files={name: new.get(name) for name in names},
        versions=versions,
        authors=[FROM_FILES],
        approver=FROM_FILES,
        written_at=now,
        released_at=now,
        changes=workbench.changes(old, new) if earlier else [],
    )
    with record.transaction() as tx:
        if not tx.releases.add_if_new(release):  # another worker starts at this moment
            return []
        keep_versions(tx, new, versions, clock)
        what = ", ".join(names) if earlier else "all"
        tx.audit.add(AuditEntry(ids.new(), now, "system", "pathway.adopt", release.id, what))
    return names


def keep_versions(
    tx: Transaction, files: Mapping[str, str], versions: Mapping[str, str], clock: Clock
) -> None:
    """Keep the files of each version, so that its episodes can stay on it."""
    for pathway_id, version in versions.items():
        if tx.pathway_versions.get(version) is None:
            tx.pathway_versions.add_if_new(  # another worker may do so at this moment
                PathwayVersion(
                    id=version,
                    pathway_id=pathway_id,
                    files=files_of(files, pathway_id),
                    kept_at=clock.now(),
                )
            )
