"""Append only: the database itself refuses to change or delete an entry of the audit.

One change is allowed, once: an entry that is not yet a link of the chain becomes one.
On PostgreSQL a trigger calls a function, and a dump of tables does not carry it: so it
is made again wherever tables are put (`guard`). Steps of the migrations may change
(batch) tables on SQLite only by making them anew, which loses triggers: a step that
touches `audit` calls `guard` after it, and a test holds that.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

SAYS = "the audit is append-only"
FIELDS = ("id", "at", "who", "action", "about", "details")

_CHANGED = " OR ".join(f"OLD.{one} IS NOT NEW.{one}" for one in FIELDS)
_SQLITE = (
    "DROP TRIGGER IF EXISTS audit_stays",
    "DROP TRIGGER IF EXISTS audit_as_written",
    "DROP TRIGGER IF EXISTS audit_not_replaced",
    f"""CREATE TRIGGER audit_stays BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, '{SAYS}'); END""",
    f"""CREATE TRIGGER audit_as_written BEFORE UPDATE ON audit
    WHEN OLD.number IS NOT NULL OR NEW.number IS NULL OR {_CHANGED}
    BEGIN SELECT RAISE(ABORT, '{SAYS}'); END""",
    # INSERT OR REPLACE deletes without asking the trigger above.
    f"""CREATE TRIGGER audit_not_replaced BEFORE INSERT ON audit
    WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id OR number = NEW.number)
    BEGIN SELECT RAISE(ABORT, '{SAYS}'); END""",  # noqa: S608, our own words only
)

_POSTGRES = (
    "DROP TRIGGER IF EXISTS audit_as_written ON audit",
    "DROP TRIGGER IF EXISTS audit_not_emptied ON audit",
    """CREATE TRIGGER audit_as_written BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
)


def refusing_function(schema: str = "") -> str:
    """The statement that makes PostgreSQL's function, in a schema or in the current one."""
    name = f'"{schema}".audit_refuse' if schema else "audit_refuse"
    old = ", ".join(f"OLD.{one}" for one in FIELDS)
    new = ", ".join(f"NEW.{one}" for one in FIELDS)
    return f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF OLD.number IS NULL AND NEW.number IS NOT NULL
                AND ROW({old}) IS NOT DISTINCT FROM ROW({new})
            THEN
                RETURN NEW;
            END IF;
        END IF;
        RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation';
    END $$;"""


def guard(connection: Connection) -> None:
    """Make the triggers of `audit` in the current schema, also where they are already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(refusing_function()))
        statements: tuple[str, ...] = _POSTGRES
    else:
        statements = _SQLITE
    for one in statements:
        connection.execute(text(one))
