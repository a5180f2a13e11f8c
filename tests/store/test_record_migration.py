"""Upgrading a database whose record still names people, and can still be changed."""

import json

from alembic import command

from core.store import schema

AT = "2025-11-01 10:00:00+00:00"


def test_names_become_numbers_and_texts_go(store, old_app):
    """Every act stays, in its order; who it was by is a number, and a written reason is no longer in it."""
    schema.ready(store)  # makes the file; what follows puts it back to the release before
    for name in [*schema.tables(store), schema.VERSION_TABLE]:
        old_app.run(f"DROP TABLE IF EXISTS {name}" + ("" if old_app.is_sqlite else " CASCADE"))
    config = schema._config()
    with store.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0010")
    old_app.run(
        "INSERT INTO assay_raters (rater_id, name, name_key, kind, created_at) "
        f"VALUES (7, 'Ana', 'ana', 'person', '{AT}'), (8, 'imported', 'imported', 'imported', '{AT}')"
    )
    acts = [
        ("Ana", "promoted", {"champion": "b", "reason": "Ana says so"}),
        ("command line", "created key", {"name": "Ana's laptop"}),
        ("imported", "changed queue", {"raters": 2}),
        ("Ana", "disabled", None),
    ]
    for actor, action, new in acts:
        old_app.run(
            f"INSERT INTO assay_audit (at, actor, action, subject, new) VALUES ('{AT}', ?, ?, 'x 1', ?)",
            actor,
            action,
            json.dumps(new) if new else None,
        )
    schema.upgrade(store)
    rows = old_app.run("SELECT actor, action, new FROM assay_audit ORDER BY audit_id")
    assert [(who, what, json.loads(new) if isinstance(new, str) else new) for who, what, new in rows] == [
        ("person 7", "promoted", {"champion": "b"}),
        ("command line", "created key", None),
        ("imported", "changed queue", {"raters": 2}),
        ("person 7", "disabled", None),
        ("system", "upgraded", {"revision": schema.head()}),
    ]
