"""Who looks at which question: the last one counts, and only for a while."""

import datetime as dt

from gateway.web.views.lookers import Lookers

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


def test_a_colleague_is_named_on_the_question_that_he_looks_at() -> None:
    lookers = Lookers()

    lookers.look(1, "Clara", 7, now=NOW)
    lookers.look(2, "Anna", 7, now=NOW)

    assert lookers.others(1, now=NOW) == {7: ["Anna"]}


def test_who_went_on_to_another_question_no_longer_looks_at_the_first() -> None:
    lookers = Lookers()

    lookers.look(2, "Anna", 7, now=NOW)
    lookers.look(2, "Anna", 8, now=NOW)

    assert lookers.others(1, now=NOW) == {8: ["Anna"]}


def test_who_was_not_heard_of_for_a_minute_is_gone() -> None:
    lookers = Lookers()

    lookers.look(2, "Anna", 7, now=NOW)

    assert lookers.others(1, now=NOW + dt.timedelta(minutes=1)) == {}
