"""Forecasts, alerts, messages, trajectories, and copies of the catalogue"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.schema import UtcMoment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Step forward."""

    op.create_table(
        "claim",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("speaker", sa.Text(), nullable=True),
        sa.Column("said_on", sa.Date(), nullable=True),
        sa.Column("seed", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_claim")),
    )
    op.create_table(
        "confounder",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_confounder")),
    )
    op.create_table(
        "measure",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("announced_at", sa.Text(), nullable=True),
        sa.Column("in_force_from", sa.Text(), nullable=True),
        sa.Column("in_force_to", sa.Text(), nullable=True),
        sa.Column("lifted_at", sa.Text(), nullable=True),
        sa.Column("criterion", sa.Text(), nullable=True),
        sa.Column("vehicle_rules", sa.Boolean(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_measure")),
    )
    op.create_table(
        "measure_coverage",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_measure_coverage")),
    )
    op.create_table(
        "milestone",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("date_precision", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("planned", sa.Text(), nullable=True),
        sa.Column("actual", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("use", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_milestone")),
    )
    op.create_table(
        "published_value",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("metric", sa.Text(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("vintage", sa.Text(), nullable=True),
        sa.Column("reference_state", sa.Text(), nullable=True),
        sa.Column("dust", sa.Text(), nullable=True),
        sa.Column("cities", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_published_value")),
    )
    op.create_table(
        "region_member",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("member", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_region_member")),
    )
    op.create_table(
        "season",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("name_ko", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_season")),
    )
    op.create_table(
        "standard",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("pollutant", sa.Text(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("day", sa.Double(), nullable=True),
        sa.Column("year", sa.Double(), nullable=True),
        sa.Column("day_form", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_standard")),
    )
    op.create_table(
        "target",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("metric", sa.Text(), nullable=True),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("op", sa.Text(), nullable=True),
        sa.Column("goal", sa.Double(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("base_start", sa.Date(), nullable=True),
        sa.Column("base_end", sa.Date(), nullable=True),
        sa.Column("base_value", sa.Double(), nullable=True),
        sa.Column("base_derived", sa.Boolean(), nullable=True),
        sa.Column("due_start", sa.Date(), nullable=True),
        sa.Column("due_end", sa.Date(), nullable=True),
        sa.Column("reference_state", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_target")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("pollutant", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("issued_at", UtcMoment(), nullable=False),
        sa.Column("issued_value", sa.Double(), nullable=True),
        sa.Column("cleared_at", UtcMoment(), nullable=True),
        sa.Column("cleared_value", sa.Double(), nullable=True),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_alert_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint(
            "region",
            "zone",
            "pollutant",
            "level",
            "issued_at",
            name=op.f("uq_alert_region_zone_pollutant_level_issued_at"),
        ),
    )
    op.create_table(
        "forecast",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("pollutant", sa.String(), nullable=False),
        sa.Column("issued_at", UtcMoment(), nullable=False),
        sa.Column("for_date", sa.Date(), nullable=False),
        sa.Column("above", sa.Double(), nullable=True),
        sa.Column("up_to", sa.Double(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_forecast_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast")),
        sa.UniqueConstraint(
            "product",
            "region",
            "pollutant",
            "issued_at",
            "for_date",
            name=op.f("uq_forecast_product_region_pollutant_issued_at_for_date"),
        ),
    )
    with op.batch_alter_table("forecast", schema=None) as batch_op:
        batch_op.create_index("ix_forecast_region_for_date", ["region", "for_date"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("sent_at", UtcMoment(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("regions", sa.Text(), nullable=True),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_message_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("serial", name=op.f("uq_message_serial")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_sent_at", ["sent_at"], unique=False)
    op.create_table(
        "trajectory",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("start_at", UtcMoment(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("height", sa.Double(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("hours", sa.Double(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("vertical", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_trajectory_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trajectory")),
        sa.UniqueConstraint("sha256", "number", name=op.f("uq_trajectory_sha256_number")),
    )
    with op.batch_alter_table("trajectory", schema=None) as batch_op:
        batch_op.create_index("ix_trajectory_batch_id", ["batch_id"], unique=False)
        batch_op.create_index("ix_trajectory_start_at", ["start_at"], unique=False)


def downgrade() -> None:
    """Step back."""

    with op.batch_alter_table("trajectory", schema=None) as batch_op:
        batch_op.drop_index("ix_trajectory_start_at")
        batch_op.drop_index("ix_trajectory_batch_id")
    op.drop_table("trajectory")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_sent_at")
    op.drop_table("message")
    with op.batch_alter_table("forecast", schema=None) as batch_op:
        batch_op.drop_index("ix_forecast_region_for_date")

    op.drop_table("forecast")
    op.drop_table("alert")
    op.drop_table("target")
    op.drop_table("standard")
    op.drop_table("season")
    op.drop_table("region_member")
    op.drop_table("published_value")
    op.drop_table("milestone")
    op.drop_table("measure_coverage")
    op.drop_table("measure")
    op.drop_table("confounder")
    op.drop_table("claim")
