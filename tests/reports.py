"""What a channel sends in a test, and the places of the small district that it speaks of."""

from typing import Any

IN_T1G1, IN_T1G2 = (119.305, 26.085), (119.305, 26.095)
IN_T2G1, IN_T2G2 = (119.315, 26.085), (119.315, 26.095)
NEAR_T2 = (119.3099, 26.085)
"""In T1G1, ten metres from the border of T2."""
OUTSIDE = (119.4, 26.085)
TOILET = "1.04"
"""Public toilets: handled by city-management, confirmed by the grid worker."""
RUBBISH = "1.01"
"""Exposed rubbish: handled by the lead, settled by the grid worker, city-management assists."""
POLICY = "22.01"
"""A question about policies: needs no place."""


def a_report(**fields: Any) -> dict[str, Any]:
    """The body of a report: a dirty toilet in T1G1, told by telephone, with whatever else is told."""
    told: dict[str, Any] = {"channel": "phone", "category": TOILET, "description": "公厕脏污", "datum": "wgs84"}
    told |= {"lon": IN_T1G1[0], "lat": IN_T1G1[1], "reporter": {"name": "林小明", "phone": "13812345678"}}
    return {name: value for name, value in (told | fields).items() if value is not None}
