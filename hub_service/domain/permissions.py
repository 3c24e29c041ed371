"""Who among an operator's people may do what, and how long a sign-in that fails again and again has to wait. Pure."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["viewer", "helpdesk", "technician", "operator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
Permission = Literal[
    "see_network",  # lockers, compartments, alarms, figures; nobody's parcels
    "see_parcels",  # who gets what: personal data
    "help_recipients",  # a new PIN, more time, the door of a parcel whose recipient agrees
    "serve_compartments",  # out of service and back
    "handle_alarms",
    "open_doors",  # an empty compartment, from afar
    "emergency_open",  # an occupied one without a second person; everybody is told
    "retry_reports",
    "set_quotas",  # how much of a locker each carrier may use
    "manage_staff",  # codes of couriers and technicians
    "manage_lockers",
    "manage_users",
    "read_audit",
]
_TECHNICIAN: frozenset[Permission] = frozenset({"see_network", "serve_compartments", "handle_alarms", "open_doors"})
_HELPDESK: frozenset[Permission] = frozenset({"see_network", "see_parcels", "help_recipients", "handle_alarms"})
_OF_OPERATORS: frozenset[Permission] = frozenset({"emergency_open", "retry_reports", "manage_staff", "set_quotas"})
_OF_ADMINS: frozenset[Permission] = frozenset({"manage_lockers", "manage_users", "read_audit"})
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    "viewer": frozenset({"see_network"}),
    # Somebody with a screwdriver needs no names, and somebody at the telephone no locks.
    "helpdesk": _HELPDESK,
    "technician": _TECHNICIAN,
    "operator": _TECHNICIAN | _HELPDESK | _OF_OPERATORS,
    "admin": _TECHNICIAN | _HELPDESK | _OF_OPERATORS | _OF_ADMINS,
}

SESSION_S, IDLE_S = 12 * 3_600, 2 * 3_600
"""A shift, and a long lunch: after that somebody else may sit there."""
FREE_TRIES = 5
PAUSE_FIRST_S, PAUSE_MAX_S = 30, 900
PASSWORD_LENGTH_MIN = 12


def may(role: Role, permission: Permission) -> bool:
    """Whether people in this role may do this."""
    return permission in PERMISSIONS[role]


def pause_s(failures: int) -> int:
    """How long a login has to wait after so many wrong passwords in a row."""
    if failures < FREE_TRIES:
        return 0
    return min(PAUSE_FIRST_S << min(failures - FREE_TRIES, 10), PAUSE_MAX_S)


def is_over(now_s: int, began_s: int, seen_s: int) -> bool:
    """Whether a session that began then and was last used then has ended."""
    return now_s >= began_s + SESSION_S or now_s >= seen_s + IDLE_S
