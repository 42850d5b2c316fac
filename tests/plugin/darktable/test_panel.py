import re
from pathlib import Path

PLUGIN = Path(__file__).parents[3] / "plugin" / "darktable" / "retouchiq"


def test_the_panel_is_in_lighttable_and_darkroom(plugin):
    lib = plugin.dt.libs.retouchiq
    assert {view.id for view in lib.places} == {"lighttable", "darkroom"}
    assert lib.visible


def test_started_in_another_view_the_panel_comes_with_the_lighttable(unstarted):
    unstarted.dt.view = "darkroom"
    unstarted.start()
    assert not list(unstarted.dt.libs)
    lighttable = unstarted.dt.darktable.gui.views.lighttable
    unstarted.dt.view = "lighttable"
    unstarted.dt.fire("view-changed", None, lighttable)
    unstarted.dt.fire("view-changed", None, lighttable)
    assert list(unstarted.dt.libs) == ["retouchiq"]


def test_darktable_without_a_window_is_left_alone(unstarted):
    unstarted.dt.darktable.configuration.has_gui = False
    unstarted.dt.darktable.gui = None
    unstarted.require("retouchiq")
    assert list(unstarted.dt.events) == []


def test_too_old_a_darktable_is_refused_by_darktables_own_check(plugin):
    assert list(plugin.dt.asked_versions[1].values()) == [9, 0, 0]


def test_switched_off_nothing_of_it_is_left(plugin):
    plugin.script.destroy()
    plugin.rest()
    assert list(plugin.dt.events) == []
    assert list(plugin.dt.actions) == []
    assert plugin.dt.libs.retouchiq.visible is False
    assert list(plugin.dt.threads.values()) == []


def test_switched_on_again_it_works_as_before(plugin):
    before = set(plugin.dt.events)
    plugin.script.destroy()
    plugin.script.restart()
    plugin.rest(2)
    assert set(plugin.dt.events) == before
    assert plugin.dt.libs.retouchiq.visible
    plugin.select(plugin.photo())
    plugin.ask("warmer")
    assert len(plugin.applied) == 1
    assert len(list(plugin.dt.threads.values())) == 1, "two watch the slider"


def test_switched_off_before_it_began_it_does_not_begin(unstarted):
    script = unstarted.require("retouchiq")
    script.destroy()
    unstarted.rest()
    assert list(unstarted.dt.events) == []
    assert list(unstarted.dt.libs) == []
    script.restart()
    assert list(unstarted.dt.libs) == ["retouchiq"]


def test_a_luarc_touches_no_widget_before_the_main_loop_had_time_to_run(unstarted):
    unstarted.require("retouchiq")
    assert list(unstarted.dt.registered) == []
    assert list(unstarted.dt.libs) == []
    unstarted.rest(2)
    assert list(unstarted.dt.libs) == ["retouchiq"]


def test_when_darktable_quits_no_widget_is_touched_any_more(plugin):
    def quit_darktable():
        plugin.dt.ending = True
        plugin.dt.fire("exit")
        plugin.dt.frozen = True

    plugin.select(plugin.photo())
    plugin.server.comes_to = [("running", 1, None)] * 20
    plugin.while_waiting(quit_darktable)
    plugin.ask("warmer")
    plugin.rest()
    assert list(plugin.dt.threads.values()) == []


def test_switched_off_and_on_in_one_moment_one_watches_the_slider(plugin):
    plugin.script.destroy()
    plugin.script.restart()
    plugin.rest()
    assert len(list(plugin.dt.threads.values())) == 1


def test_the_script_manager_can_read_what_it_is(plugin):
    source = (PLUGIN / "retouchiq.lua").read_text()
    block = re.search(r"script_data\.metadata = \{\r?\n(.*?)\r?\n\}", source, re.S)
    assert block
    lines = [line.strip() for line in block[1].splitlines()]
    assert [line.split(" = ")[0] for line in lines] == ["name", "purpose", "author", "help"]
    assert plugin.script.destroy_method == "hide"
    assert plugin.script.show


def test_recent_instructions_survive_a_restart_of_darktable(plugin, unstarted):
    plugin.select(plugin.photo())
    for each in ("warmer", "cooler", "warmer"):
        plugin.widgets["continue"].value = False
        plugin.ask(each)
    unstarted.dt.stored = unstarted.lua.table(**dict(plugin.dt.stored))
    again = unstarted.start()
    assert list(again.widgets.recent.entries.values()) == ["warmer", "cooler"]
    again.widgets.recent.selected = 2
    again.rest(1)
    assert again.widgets.instruction.text == "cooler"


def test_no_more_are_remembered_than_wanted(plugin):
    plugin.dt.stored["retouchiq/recent"] = 2
    plugin.select(plugin.photo())
    for each in ("a", "b", "c"):
        plugin.ask(each)
    assert list(plugin.widgets.recent.entries.values()) == ["c", "b"]


def test_an_instruction_too_long_for_darktablerc_is_not_remembered(plugin):
    plugin.select(plugin.photo())
    plugin.ask("warmer " * 200)
    assert list(plugin.widgets.recent.entries.values()) == []


def test_looks_are_offered_without_a_server_once_they_are_known(plugin, unstarted):
    assert list(plugin.widgets.look.entries.values()) == ["none", "film", "portrait"]
    unstarted.dt.stored = unstarted.lua.table(**dict(plugin.dt.stored))
    again = unstarted.start()
    assert list(again.widgets.look.entries.values()) == ["none", "film", "portrait"]
    assert again.server.starts == 0


def test_new_looks_come_with_the_first_edit_and_the_choice_stays(plugin, unstarted):
    unstarted.dt.stored = unstarted.lua.table(**dict(plugin.dt.stored))
    again = unstarted.start()
    again.widgets.look.selected = 3
    again.server.looks.insert(0, {"name": "calm", "description": ""})
    again.select(again.photo())
    again.ask("warmer")
    assert list(again.widgets.look.entries.values()) == ["none", "calm", "film", "portrait"]
    assert again.widgets.look.selected == 4


def test_a_slider_set_up_in_any_order_starts_at_100(plugin):
    assert plugin.widgets.strength.value == 100
    assert (plugin.widgets.strength.hard_min, plugin.widgets.strength.hard_max) == (0, 150)


def test_buttons_can_be_pressed_when_they_would_do_something(plugin):
    def able():
        return [plugin.widgets[name].sensitive for name in ("apply", "cancel", "undo", "compare")]

    plugin.select()
    assert able() == [True, False, True, False]
    plugin.select(plugin.photo())
    busy = []
    plugin.while_waiting(lambda: busy.append(able()))
    plugin.ask("warmer")
    assert busy == [[False, True, False, False]]
    assert able() == [True, False, True, True]
