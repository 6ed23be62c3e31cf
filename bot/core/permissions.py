"""Permissions: what each role of the staff may see and do, as declared data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.core.staff import Nurse, StaffRole

EVERY_WARD = ("", "*")


class Permission(StrEnum):
    """`thing:verb`. A page or use case names exactly one."""

    SEE_WORKLIST = "worklist:see"
    SEE_PATIENT = "patient:see"
    ENROL_PATIENT = "patient:enrol"
    CHANGE_PATIENT = "patient:change"  # end or resume her follow-up, let another ward care for her
    EXPORT_PATIENT = "patient:export"
    MERGE_PATIENTS = "patient:merge"
    ACT_ON_CASE = "case:act"
    WRITE_TO_PATIENT = "patient:write"
    DO_TASK = "task:do"
    SEE_ROTA = "rota:see"
    SWAP_SHIFT = "rota:swap"
    CHANGE_ROTA = "rota:change"
    MANAGE_STAFF = "staff:manage"
    SEE_TECHNICAL = "technical:see"
    SEE_PATHWAY = "pathway:see"
    WRITE_PATHWAY = "pathway:write"
    RELEASE_PATHWAY = "pathway:release"
    MOVE_PATIENTS = "pathway:move"
    SEE_AUDIT = "audit:see"
    SEE_PROGRAMME = "programme:see"


_CARE = frozenset(
    {
        Permission.SEE_WORKLIST,
        Permission.SEE_PATIENT,
        Permission.ENROL_PATIENT,
        Permission.CHANGE_PATIENT,
        Permission.ACT_ON_CASE,
        Permission.WRITE_TO_PATIENT,
        Permission.DO_TASK,
        Permission.SEE_ROTA,
        Permission.SWAP_SHIFT,
        Permission.SEE_PATHWAY,
    }
)
_WRITES = frozenset({Permission.SEE_PATHWAY, Permission.WRITE_PATHWAY})

PERMISSIONS: Mapping[StaffRole, frozenset[Permission]] = MappingProxyType(
    {
        StaffRole.NURSE: _CARE,
        StaffRole.CHARGE_NURSE: _CARE
        | {
            Permission.CHANGE_ROTA,
            Permission.SEE_TECHNICAL,
            Permission.EXPORT_PATIENT,
            Permission.MERGE_PATIENTS,
            Permission.SEE_PROGRAMME,
        },
        StaffRole.DOCTOR: _CARE | {Permission.EXPORT_PATIENT, Permission.SEE_PROGRAMME},
        StaffRole.AUTHOR: _WRITES,
        # An approver may write too; what she wrote, somebody else must approve.
        StaffRole.APPROVER: _WRITES | {Permission.RELEASE_PATHWAY, Permission.MOVE_PATIENTS},
        StaffRole.ADMINISTRATOR: frozenset(Permission),
        StaffRole.AUDITOR: frozenset(
            {
                Permission.SEE_AUDIT,
                Permission.SEE_ROTA,
                Permission.SEE_PATHWAY,
                Permission.SEE_PROGRAMME,
            }
        ),
    }
)


def allows(role: StaffRole, permission: Permission) -> bool:
    """Whether this role holds the permission. A role without an entry holds none."""
    return permission in PERMISSIONS.get(role, frozenset())


def sees_every_ward(nurse: Nurse) -> bool:
    """Whether this person's scope is the whole house."""
    return nurse.ward.strip() in EVERY_WARD
