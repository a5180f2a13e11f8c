"""The Team tab of Settings: rules that hold for everybody."""

import pytest

from core.domain.queue import QueueSettings
from core.domain.retraining import RetrainSettings
from core.domain.roles import ALLOWED, COMMAND_LINE, Act, Role
from core.domain.second_looks import RepeatSettings
from core.services.data import interactions
from core.services.rating import queue
from core.services.review import second_looks
from core.services.training import retraining
from core.ui.shell.navigation import SettingsTab
from tests import looked
from tests.ui.reading import press, said


def test_a_lead_sets_the_rules_of_the_team(open_page, sample, ana):
    """How many rate an answer, what comes back, and when Home reminds: each saved by its own button."""
    app = open_page("settings", tab=SettingsTab.TEAM)
    app.number_input(key="team.raters").set_value(3)
    app.number_input(key="team.overlap").set_value(20)
    app.checkbox(key="team.imported_count").set_value(False)
    press(app, "team.queue_save")
    assert queue.get_settings(sample, COMMAND_LINE) == QueueSettings(raters=3, overlap=20, imported_count=False)
    app.selectbox(key="team.repeat_share").set_value(5)
    app.number_input(key="team.repeat_days").set_value(14)
    press(app, "team.repeat_save")
    assert second_looks.get_settings(sample, COMMAND_LINE) == RepeatSettings(share=5, days=14)
    app.number_input(key="team.remind_ratings").set_value(30)
    app.number_input(key="team.remind_days").set_value(10)
    press(app, "team.remind_save")
    assert retraining.get_settings(sample, COMMAND_LINE) == RetrainSettings(ratings=30, days=10)


def test_without_a_name_the_page_asks_before_it_changes_anything(open_page, sample):
    """A rule is changed under the name of a person."""
    app = open_page("settings", tab=SettingsTab.TEAM)
    app.number_input(key="team.raters").set_value(3)
    press(app, "team.queue_save")
    assert "Who are you?" in said(app)
    assert queue.get_settings(sample, COMMAND_LINE).raters == 1


@pytest.mark.parametrize("act, shown", [(Act.JUDGE, "team.raters"), (Act.TRAIN, "team.remind_ratings")])
def test_each_rule_is_shown_to_whoever_may_change_it(open_page, sample, ana, monkeypatch, act, shown):
    """And no other."""
    monkeypatch.setitem(ALLOWED, Role.LEAD, frozenset({Act.LOOK, Act.PEOPLE, act}))
    app = open_page("settings", tab=SettingsTab.TEAM)
    others = {"team.raters", "team.repeat_days", "team.remind_ratings"} - {shown}
    keys = {field.key for field in app.number_input}
    assert shown in keys
    assert keys.isdisjoint(others) is (act is Act.TRAIN)


def test_agreement_leads_to_what_it_lacks(open_page, workspace, ana):
    """Where no answer was rated twice, the way to the tab where a lead changes that, and the rule named."""
    looked.rate(workspace, ana, interactions.add(workspace, ana, "A question?", "An answer."), 4)
    app = open_page("quality", topic="Agreement")
    assert "Settings, Team" in said(app)
    press(app, "quality.agreement_second")
    assert "quality.second_ask" in {button.key for button in app.button}
