"""All or nothing, one writer at a time; a book of series survives failures and other processes."""

# ruff: noqa: PT012 - a whole transaction is what raises

from __future__ import annotations

import threading

import pytest
from by_hand import NOON, Writer, a_station, columns, count, held, make_series, series_of

from config.facts import Facts
from store.engine import Store
from store.readings import put
from store.series import SeriesBook, SeriesKey, feeds_held
from store.stations import register, unlisted


def test_a_transaction_that_fails_leaves_nothing(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    writer = Writer(store)
    writer.give([(a, NOON, 1.0)])
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        writer.give_on(connection, [(a, NOON, 2.0), (a, NOON + 1, 3.0)])
        raise ZeroDivisionError
    assert held(store, [a]) == {(a, NOON): 1.0}
    assert (count(store, "batch"), count(store, "revision")) == (1, 0)
    assert series_of(store, [a])[a].readings == 1


def test_two_writers_queue(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    order: list[str] = []
    inside, waiting = threading.Event(), threading.Event()

    def second() -> None:
        inside.wait(10)
        waiting.set()
        with store.write() as connection:
            order.append("second begins")
            counts, _ = put(connection, SeriesBook(connection), 2, columns([(a, NOON, 2.0)]))
            order.append(f"{counts.changed} changed")

    other = threading.Thread(target=second)
    other.start()
    with store.write() as connection:
        inside.set()
        assert waiting.wait(10)
        put(connection, SeriesBook(connection), 1, columns([(a, NOON, 1.0)]))
        order.append("first ends")
    other.join(30)
    assert order == ["first ends", "second begins", "1 changed"]


def test_many_writers_lose_nothing(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)

    def add(hour: int) -> None:
        with store.write() as connection:
            put(
                connection, SeriesBook(connection), hour, columns([(a, NOON + hour, 1.0), (a, NOON - 1, 1.0)])
            )

    threads = [threading.Thread(target=add, args=(hour,)) for hour in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert series_of(store, [a])[a].readings == 9


def test_a_book_forgets_what_a_failed_transaction_made(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    with store.write() as connection:
        book = SeriesBook(connection)
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        book.enter(connection)
        _new_series(connection, book, facts, "airkorea-fails")
        raise ZeroDivisionError
    with store.write() as connection:
        book.enter(connection)
        assert not book.knows_station("airkorea-fails")
        made = _new_series(connection, book, facts, "airkorea-fails")
        put(connection, book, 1, columns([(made, NOON, 1.0)]))
    assert held(store, [a, made]) == {(made, NOON): 1.0}


def test_a_book_learns_what_another_process_made(store: Store, facts: Facts) -> None:
    make_series(store, facts)
    other = Store(store.url.render_as_string(hide_password=False))
    with store.write() as connection:
        mine = SeriesBook(connection)
    with other.write() as connection:
        made = _new_series(connection, SeriesBook(connection), facts, "airkorea-theirs")
    other.close()
    with store.write() as connection:
        mine.enter(connection)
        assert _new_series(connection, mine, facts, "airkorea-theirs") == made
        assert mine.key(made).station == "airkorea-theirs"


def test_stations_met_on_the_wire_are_told_from_the_catalogue(store: Store, facts: Facts) -> None:
    known = next(iter(facts.stations))
    with store.write() as connection:
        book = SeriesBook(connection)
        register(connection, book, facts, facts.stations[known])
        register(connection, book, facts, [a_station("airkorea-met")])
        register(connection, book, facts, [a_station("airkorea-met")])
    with store.read() as connection:
        assert unlisted(connection, facts) == [
            a_station("airkorea-met").model_copy(update={"source": "test", "confidence": "low"})
        ]


def test_a_feed_is_written_with_its_licence_and_rank(store: Store, facts: Facts) -> None:
    make_series(store, facts)
    with store.read() as connection:
        feed = feeds_held(connection)["airkorea-live"]
    fact = facts.feeds["airkorea-live"]
    assert (feed.rank, feed.licence, feed.attribution) == (fact.rank, fact.licence, fact.attribution)


def _new_series(connection, book: SeriesBook, facts: Facts, name: str) -> int:
    register(connection, book, facts, [a_station(name)])
    key = SeriesKey(name, "airkorea-live", "pm25", "mean", "PT1H", "ug/m3", "actual")
    return book.ensure([key])[0]
