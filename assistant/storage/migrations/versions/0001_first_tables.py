"""The first tables, the row of the default organisation, and the triggers of the append-only tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit", "events")


def upgrade() -> None:
    _organizations()
    _conversations()
    _calls()
    _alerts_and_audit()
    _fhir()
    op.execute("INSERT INTO organizations (id, name, phone) VALUES ('default', '社区卫生服务中心', '')")
    for table in APPEND_ONLY:
        _refuse_changes(table)


def downgrade() -> None:
    for table in ("fhir_index", "fhir_versions", "fhir_resources", "audit", "alerts", "recordings", "calls"):
        op.drop_table(table)
    for table in ("chats", "effects", "events", "inputs", "conversations", "content_versions"):
        op.drop_table(table)
    for table in ("residents", "staff", "organizations"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def _text(name: str, nullable: bool = False, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable, **options)


def _count(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, **options)


def _instant(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _document(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=nullable)


def _row_id(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _tenant(table: str, default: str | None = "default") -> list[sa.schema.SchemaItem]:
    return [
        _text("organization_id", server_default=default),
        _reference(table, "organization_id", "organizations.id"),
    ]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _organizations() -> None:
    op.create_table("organizations", _text("id"), _text("name"), _text("phone"), _key("organizations", "id"))
    op.create_table(
        "staff",
        *_tenant("staff"),
        _text("id"),
        _text("name"),
        _text("role"),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        _key("staff", "id"),
    )
    _index("staff", "organization_id")
    op.create_table(
        "residents",
        *_tenant("residents"),
        _text("id"),
        _instant("do_not_call_since", nullable=True),
        _text("do_not_call_source", nullable=True),
        _instant("deceased_reported_at", nullable=True),
        sa.Column("recording_consent", sa.Boolean(), nullable=True),
        _instant("updated_at"),
        _key("residents", "id"),
    )
    _index("residents", "organization_id")


def _conversations() -> None:
    op.create_table(
        "content_versions",
        *_tenant("content_versions"),
        _text("version"),
        _document("files"),
        _instant("created_at"),
        _key("content_versions", "version"),
    )
    op.create_table(
        "conversations",
        *_tenant("conversations"),
        _text("id"),
        _text("flow"),
        _text("channel"),
        _text("resident_id", nullable=True),
        _text("content_version"),
        _document("opening"),
        _document("state"),
        _count("revision", server_default="0"),
        _text("disposition", nullable=True),
        _document("outcome", nullable=True),
        _document("clock"),
        _instant("started_at"),
        _instant("ended_at", nullable=True),
        _instant("updated_at"),
        _key("conversations", "id"),
        _reference("conversations", "content_version", "content_versions.version"),
    )
    _index("conversations", "organization_id", "started_at")
    _index("conversations", "resident_id", "started_at")
    _inputs_and_events()
    _effects()
    _chats()


def _inputs_and_events() -> None:
    op.create_table(
        "inputs",
        *_tenant("inputs"),
        _text("conversation_id"),
        _count("seq", autoincrement=False),
        _text("input_id", nullable=True),
        _text("body_hash"),
        _document("input"),
        _document("reply"),
        _instant("now"),
        _instant("at"),
        _key("inputs", "conversation_id", "seq"),
        _reference("inputs", "conversation_id", "conversations.id"),
        sa.UniqueConstraint("conversation_id", "input_id", name="uq_inputs_conversation_id_input_id"),
    )
    op.create_table(
        "events",
        *_tenant("events"),
        _text("conversation_id"),
        _count("seq", autoincrement=False),
        _count("turn"),
        _text("type"),
        _document("data"),
        _instant("at"),
        _key("events", "conversation_id", "seq"),
        _reference("events", "conversation_id", "conversations.id"),
    )


def _effects() -> None:
    op.create_table(
        "effects",
        *_tenant("effects"),
        _text("id"),
        _text("conversation_id", nullable=True),
        _text("kind"),
        _document("payload"),
        _text("status", server_default="pending"),
        _count("attempts", server_default="0"),
        _text("last_error", nullable=True),
        _instant("created_at"),
        _instant("delivered_at", nullable=True),
        _document("result", nullable=True),
        _key("effects", "id"),
        _reference("effects", "conversation_id", "conversations.id"),
        sa.CheckConstraint("status IN ('pending', 'delivered', 'dead')", name="ck_effects_status"),
    )
    _index("effects", "status", "created_at")
    _index("effects", "conversation_id")


def _chats() -> None:
    op.create_table(
        "chats",
        _text("organization_id"),
        _text("channel"),
        _text("sender"),
        _text("conversation_id"),
        _instant("updated_at"),
        _key("chats", "organization_id", "channel", "sender"),
        _reference("chats", "organization_id", "organizations.id"),
        _reference("chats", "conversation_id", "conversations.id"),
    )


def _calls() -> None:
    op.create_table(
        "calls",
        *_tenant("calls"),
        _text("id"),
        _text("conversation_id", nullable=True),
        _text("resident_id", nullable=True),
        *(_text(name) for name in ("flow", "line", "direction", "state")),
        *(_text(name, nullable=True) for name in ("disposition", "persona", "carrier_id")),
        _instant("placed_at"),
        _instant("answered_at", nullable=True),
        _instant("ended_at", nullable=True),
        _document("timings", nullable=True),
        _text("error", nullable=True),
        _key("calls", "id"),
        _reference("calls", "conversation_id", "conversations.id"),
        sa.UniqueConstraint("line", "carrier_id", name="uq_calls_line_carrier_id"),
    )
    _index("calls", "organization_id", "placed_at")
    _index("calls", "conversation_id")
    _index("calls", "state")
    op.create_table(
        "recordings",
        *_tenant("recordings"),
        _text("id"),
        _text("call_id"),
        _text("conversation_id", nullable=True),
        _text("path"),
        _text("sha256"),
        sa.Column("seconds", sa.Double(), nullable=False),
        _instant("created_at"),
        _key("recordings", "id"),
        _reference("recordings", "call_id", "calls.id"),
        _reference("recordings", "conversation_id", "conversations.id"),
    )
    _index("recordings", "call_id")
    _index("recordings", "conversation_id")


def _alerts_and_audit() -> None:
    op.create_table(
        "alerts",
        *_tenant("alerts"),
        _text("id"),
        _text("conversation_id", nullable=True),
        _text("resident_id", nullable=True),
        _text("level"),
        _text("reason"),
        _instant("raised_at"),
        _instant("due_at"),
        _instant("acknowledged_at", nullable=True),
        _text("acknowledged_by", nullable=True),
        _instant("escalated_at", nullable=True),
        _count("escalation_level", server_default="0"),
        _key("alerts", "id"),
        _reference("alerts", "conversation_id", "conversations.id"),
    )
    _index("alerts", "organization_id", "acknowledged_at", "due_at")
    _index("alerts", "conversation_id")
    op.create_table(
        "audit",
        *_tenant("audit"),
        _row_id("id"),
        *(_text(name) for name in ("actor", "action", "resource")),
        _text("resident_id", nullable=True),
        _text("request_id", nullable=True),
        _document("detail", nullable=True),
        _instant("at"),
        _key("audit", "id"),
    )
    _index("audit", "organization_id", "at")
    _index("audit", "resident_id", "at")


def _fhir() -> None:
    resource = ("organization_id", "type", "id")

    def of_resource(table: str) -> sa.ForeignKeyConstraint:
        targets = [f"fhir_resources.{column}" for column in resource]
        return sa.ForeignKeyConstraint(resource, targets, name=f"fk_{table}_organization_id_type_id")

    op.create_table(
        "fhir_resources",
        *_tenant("fhir_resources", default=None),
        _text("type"),
        _text("id"),
        _count("version"),
        _instant("last_updated"),
        _key("fhir_resources", *resource),
    )
    _index("fhir_resources", "organization_id", "type", "last_updated")
    op.create_table(
        "fhir_versions",
        *_tenant("fhir_versions", default=None),
        _text("type"),
        _text("id"),
        _count("version", autoincrement=False),
        _instant("last_updated"),
        _text("method"),
        _document("content"),
        _key("fhir_versions", *resource, "version"),
        of_resource("fhir_versions"),
    )
    op.create_table(
        "fhir_index",
        *_tenant("fhir_index", default=None),
        _row_id("row"),
        *(_text(name) for name in ("type", "id", "parameter")),
        _text("system", nullable=True),
        _text("value", nullable=True),
        _instant("starts_at", nullable=True),
        _instant("ends_at", nullable=True),
        _key("fhir_index", "row"),
        of_resource("fhir_index"),
    )
    _index("fhir_index", *resource)
    _index("fhir_index", "organization_id", "type", "parameter", "value")
    _index("fhir_index", "organization_id", "type", "parameter", "starts_at")


def _refuse_changes(table: str) -> None:
    """Make a table append-only."""
    message = f"{table} is append-only"
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
