"""News: what one worker sends is heard at once by the pages of another."""

from __future__ import annotations

import queue

import psycopg
import pytest

from bot.storage.database import open_database
from bot.storage.news import CHANNEL, News


@pytest.mark.postgres
def test_another_worker_hears_and_listens_again_when_its_connection_was_cut(
    postgres_url: str,
) -> None:
    heard: queue.Queue[str] = queue.Queue()
    here, there = open_database(postgres_url), open_database(postgres_url)
    listening, telling = News(here, heard.put), News(there, lambda _address: None)
    listening.start()
    try:
        assert hears(telling, heard, "chat-1")
        with psycopg.connect(postgres_url, autocommit=True) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE %s",
                (f"LISTEN {CHANNEL}%",),
            )
        assert hears(telling, heard, "chat-2")
    finally:
        listening.close()
        here.dispose()
        there.dispose()


def hears(telling: News, heard: queue.Queue[str], address: str) -> bool:
    """Tell until it is heard; listening begins a moment after the start."""
    for _ in range(20):
        telling.tell(address)
        try:
            while heard.get(timeout=0.5) != address:
                pass
        except queue.Empty:
            continue
        return True
    return False


def test_on_sqlite_there_is_nobody_to_tell(tmp_path) -> None:
    news = News(open_database(f"sqlite:///{tmp_path}/a.db"), lambda _address: None)
    news.start()
    news.tell("chat-1")
    news.close()


def test_news_that_cannot_be_told_fail_nobody() -> None:
    nowhere = open_database("postgresql://nobody@127.0.0.1:1/nothing")
    News(nowhere, lambda _address: None).tell("chat-1")
