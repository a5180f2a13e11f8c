"""Upgrading a database with ratings in it to the release with a queue."""

from alembic import command

from core.store import schema

OLD = "0005"
AT = "2025-11-01 10:00:00+00:00"


def test_ratings_keep_everything_and_what_waits_is_known(store, old_app):
    """Rows, numbers and history stay; unrated answers wait, a share of what was rated here for one rater more."""
    schema.ready(store)  # makes the file; what follows puts it back to the release before
    for name in [*schema.tables(store), schema.VERSION_TABLE]:
        old_app.run(f"DROP TABLE IF EXISTS {name}" + ("" if old_app.is_sqlite else " CASCADE"))
    config = schema._config()
    with store.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, OLD)
    numbers = range(1, 11)
    no, yes = ("0", "1") if old_app.is_sqlite else ("FALSE", "TRUE")
    for rater, kind in ((1, "person"), (2, "imported")):
        old_app.run(
            f"INSERT INTO assay_raters (rater_id, name, name_key, kind, created_at) VALUES (?, ?, ?, ?, '{AT}')",
            rater,
            kind,
            kind,
            kind,
        )
    for number in numbers:
        old_app.run(
            "INSERT INTO rlhf_interactions (interaction_id, user_prompt, ai_response) VALUES (?, 'p', ?)", number, "a"
        )
        rated = number <= 6
        old_app.run(
            "INSERT INTO assay_items (interaction_id, prompt_group, source, response_words, n_ratings, created_at) "
            f"VALUES (?, 'g', 'manual', 1, ?, '{AT}')",
            number,
            int(rated),
        )
        if rated:
            old_app.run(
                "INSERT INTO assay_ratings (rating_id, interaction_id, rater_id, status, rating, comment, bias_flag, "
                f"created_at, updated_at) VALUES (?, ?, ?, 'submitted', 4, 'mine', {yes}, '{AT}', '{AT}')",
                100 + number,
                number,
                1 if number in (5, 6) else 2,
            )
    old_app.run(
        "INSERT INTO assay_rating_events (event_id, interaction_id, rater_id, at, action, new) "
        f"VALUES (7, 5, 1, '{AT}', 'rated', '{{}}')"
    )
    kept = "rating_id, interaction_id, rater_id, status, rating, comment, bias_flag, import_id, created_at, updated_at"
    before = old_app.run(f"SELECT {kept} FROM assay_ratings ORDER BY 1")

    assert schema.upgrade(store) == schema.head()

    assert old_app.run(f"SELECT {kept} FROM assay_ratings ORDER BY 1") == before
    assert dict(old_app.run("SELECT interaction_id, places FROM assay_items")) == {
        **dict.fromkeys(range(1, 5), 0),  # only ratings that came with data
        5: 1,  # rated here, in the share for two raters
        6: 0,
        **dict.fromkeys(range(7, 11), 1),
    }
    keys = [key for (key,) in old_app.run("SELECT random_key FROM assay_items")]
    assert len(set(keys)) == len(keys)
    ((score_visible, chosen),) = old_app.run("SELECT score_visible, chosen FROM assay_rating_events")
    assert (bool(score_visible), chosen) == (False, None)
    old_app.run(f"UPDATE assay_ratings SET status = 'discarded', rating = NULL, bias_flag = {no} WHERE rating_id = 105")
