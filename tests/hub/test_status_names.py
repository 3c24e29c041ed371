"""The names of statuses elsewhere are names that exist there: what is misspelled, an integrator's program drops."""

from __future__ import annotations

import pytest

from hub_service.domain.custody import STATUSES
from hub_service.domain.status_names import SERVICES, Service, names_of

# As the services' own documents list them.
KNOWN: dict[Service, set[str]] = {
    "easypost": {
        "unknown", "pre_transit", "in_transit", "out_for_delivery", "delivered", "available_for_pickup",
        "return_to_sender", "failure", "cancelled", "error",
    },
    "shippo": {"UNKNOWN", "PRE_TRANSIT", "TRANSIT", "DELIVERED", "RETURNED", "FAILURE"},
    "aftership": {
        "Pending", "InfoReceived", "InTransit", "OutForDelivery", "AttemptFail", "Delivered", "AvailableForPickup",
        "Exception", "Expired",
    },
    "shipx": {
        "confirmed", "dispatched_by_sender", "collected_from_sender", "taken_by_courier", "out_for_delivery",
        "ready_to_pickup", "delivered", "pickup_time_expired", "avizo", "returned_to_sender", "redirect_to_box",
        "canceled", "claimed",
    },
    "gls": {
        "BOOKING_CREATED", "BOOKING_CANCELLED", "COURIER_DELIVERED", "COURIER_COLLECTED", "COURIER_COLLECTED_EXPIRED",
        "CONSIGNEE_COLLECTED", "CONSIGNEE_DELIVERED", "CONSIGNEE_COLLECTION_EXPIRED", "DELIVERY_NOT_POSSIBLE",
        "COLLECTION_NOT_POSSIBLE",
    },
}  # fmt: skip


@pytest.mark.parametrize("service", SERVICES)
def test_every_name_exists_there(service: Service) -> None:
    assert {names_of(status)[service] for status in STATUSES} <= KNOWN[service]


def test_only_what_was_collected_is_delivered_anywhere() -> None:
    done = {"delivered", "DELIVERED", "Delivered", "CONSIGNEE_COLLECTED"}
    for status in STATUSES:
        assert bool(done & set(names_of(status).values())) == (status == "collected")
