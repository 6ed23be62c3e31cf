"""Seats on a real PostgreSQL: one number each, one leader, free again when a worker dies."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import inspect

from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.seats import open_seats

pytestmark = pytest.mark.postgres


def cut(url: str, seat: object) -> None:
    """The server ends this worker's connection, as when its machine died."""
    ours = seat._connection.connection.dbapi_connection.info.backend_pid  # type: ignore[attr-defined]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(%s, 5000)", (ours,))


def soon(holds: Callable[[], bool]) -> bool:
    """The server hears of a closed connection a moment after the client has closed it."""
    return any(holds() or time.sleep(0.05) for _ in range(100))


def test_on_sqlite_a_worker_is_alone_and_leads(tmp_path) -> None:
    seat = open_seats(f"sqlite:///{tmp_path}/a.db")
    assert (seat.mine(), list(seat.taken()), seat.leads("polling")) == (1, [1], True)


def test_workers_that_start_together_get_different_seats(postgres_url: str) -> None:
    seats = [open_seats(postgres_url) for _ in range(5)]
    gate = threading.Barrier(5)

    def sit(one) -> int:  # type: ignore[no-untyped-def]
        gate.wait(10)
        return one.mine()

    with ThreadPoolExecutor(5) as pool:
        assert sorted(pool.map(sit, seats)) == [1, 2, 3, 4, 5]
    assert list(seats[3].taken()) == [1, 2, 3, 4, 5]
    for one in seats:
        one.close()


def test_one_leads_until_it_leaves(postgres_url: str) -> None:
    first, second = open_seats(postgres_url), open_seats(postgres_url)
    assert [first.leads("polling"), second.leads("polling"), first.leads("polling")] == [1, 0, 1]
    assert second.leads("daily"), "each thing has its own leader"
    first.close()
    assert soon(lambda: second.leads("polling"))
    assert list(second.taken()) == [second.mine()]
    second.close()


def test_a_worker_whose_connection_died_leads_no_longer_and_sits_down_again(
    postgres_url: str,
) -> None:
    first, second = open_seats(postgres_url), open_seats(postgres_url)
    assert (first.mine(), second.mine(), first.leads("polling")) == (1, 2, True)
    cut(postgres_url, first)
    assert second.leads("polling")
    assert not first.leads("polling")
    assert first.mine() == 1
    for one in (first, second):
        one.close()


def test_two_databases_of_one_server_have_seats_of_their_own(postgres_url: str) -> None:
    beside = open_seats(postgres_url.rpartition("/")[0] + "/postgres")
    here = open_seats(postgres_url)
    assert here.mine() == 1
    assert here.leads("polling")
    assert beside.mine() >= 1
    assert list(here.taken()) == [1]
    for one in (beside, here):
        one.close()


def test_workers_that_start_together_bring_an_empty_database_up_to_date_once(
    postgres_url: str,
) -> None:
    engines = [open_database(postgres_url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate, engines))
    assert "escalations" in inspect(engines[0]).get_table_names()
    for one in engines:
        one.dispose()
