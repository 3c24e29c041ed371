"""One function a command, a report or a look: load, decide, save, outbox; one transaction each.

Commands answer with a value: what was asked for, or a `Refusal` with a stable code and the next step. Exceptions are
for faults. Both the HTTP routes and the locker link call these functions, and nothing else. All are plain (not async)
and safe to call from any thread.

Looks (`looks.py`, values in `views.py`): `recipient(hub, token) -> RecipientView | None`, `parcel(hub, parcel_id)`,
`parcels(hub, ...)`, `locker(hub, locker_id)`, `lockers(hub)`, `events(hub, ...)`, `mailbox(hub, limit)`, `start(hub)`.

Commands: `announce.announce(hub, Announcement) -> ParcelView | Refusal`, `attempts.failed(hub, FailedAttempt) ->
ParcelView | Refusal`, `stays.extend(hub, parcel_id)`, `stays.extend_by_page(hub, token) -> RecipientView | Refusal`,
`stays.cancel(hub, parcel_id)`, `clocks.wait(hub, hours) -> now_s`.
"""
