"""The databases that tests are given: whatever one test left there, the next finds it as migrated."""

import psycopg

from tests.throwaway_postgresql import Cluster

_ACCESS = "INSERT INTO audit (actor, action, resource, at) VALUES ('a', 'read', 'r', now()) RETURNING id"


def test_a_database_that_is_handed_on_is_as_new(postgresql_cluster: Cluster) -> None:
    with postgresql_cluster.database() as first, psycopg.connect(first) as connection:
        connection.execute(_ACCESS)
        connection.execute("UPDATE organizations SET name = '别的'")
        connection.execute("CREATE SCHEMA dbos")
    with postgresql_cluster.database() as second, psycopg.connect(second) as connection:
        assert second == first
        assert connection.execute("SELECT name FROM organizations").fetchall() == [("社区卫生服务中心",)]
        assert connection.execute("SELECT FROM pg_namespace WHERE nspname = 'dbos'").fetchall() == []
        assert connection.execute(_ACCESS).fetchall() == [(1,)]


def test_a_database_that_is_still_in_use_is_not_handed_on(postgresql_cluster: Cluster) -> None:
    with postgresql_cluster.database() as first:
        holding = psycopg.connect(first)
        holding.execute("LOCK TABLE audit")
    with postgresql_cluster.database() as second:
        assert second != first
    holding.close()
