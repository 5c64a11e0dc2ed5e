"""Shapes of instalments: the parts in which an invoice is paid."""

import datetime as dt

from pydantic import Field

from schemas.payloads.common import Body, Day, Minor, Sentence, Shape


class InstalmentShape(Shape):
    """One part: minor units, due on a day of its own."""

    due_date: dt.date
    amount_minor: int


class InstalmentPlan(Shape):
    """All parts, the earliest first; what was paid before they were agreed is a part in front. None: due as a whole."""

    instalments: list[InstalmentShape]


class NewInstalment(Body):
    """One part: minor units above zero."""

    due_date: Day
    amount_minor: Minor


class NewInstalments(Body):
    """Parts on days that follow each other, which come to what is open; none: due as a whole again."""

    instalments: list[NewInstalment] = Field(max_length=60)
    reason: Sentence
