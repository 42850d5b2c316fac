import pytest

EDITED = {
    "state": "edited",
    "score": 8.0,
    "baseline": 5.0,
    "error": None,
    "did": "temperature +30",
    "notes": ["the lamp stays"],
    "files": {"sidecar": "/b/a.xmp", "style": "/b/a.dtstyle", "report": "/b/report.html"},
}
UNCHANGED = {**EDITED, "state": "unchanged", "score": 4.0, "files": {}}
FAILED = {**EDITED, "state": "failed", "error": {"kind": "UnreadableImage", "message": "no photo"}, "files": {}}
WAITING = {"state": "waiting"}


def look(state: str, *photos: dict) -> dict:
    return {"state": state, "photos": list(photos)}


@pytest.fixture
def photos(plugin):
    """Three photos, selected."""
    photos = [plugin.photo(name) for name in ("a.jpg", "b.jpg", "c.jpg")]
    plugin.select(*photos)
    plugin.server.comes_to = [look("running", EDITED, WAITING, WAITING), look("done", EDITED, EDITED, EDITED)]
    return photos


def names(plugin) -> list[str]:
    return [each["name"] for each in plugin.applied]


def sent(plugin) -> dict:
    return plugin.server.sent("POST", "/v1/batches")[-1]


def test_a_selection_is_one_job(plugin, photos):
    plugin.ask("warmer")
    assert [each["image"] for each in sent(plugin)["photos"]] == [f"{each.path}/{each.filename}" for each in photos]
    assert len({each["base"] for each in sent(plugin)["photos"]}) == 3
    assert len(plugin.dt.jobs) == 1
    assert names(plugin) == ["a.jpg", "b.jpg", "c.jpg"]


def test_each_photo_is_applied_as_it_finishes(plugin, photos):
    seen = []
    plugin.while_waiting(lambda: None, lambda: None, lambda: None, lambda: seen.append(names(plugin)))
    plugin.ask("warmer")
    assert seen == [["a.jpg"]]


@pytest.mark.parametrize(
    ("option", "value", "field", "expected"),
    [
        ("instruction", "warmer", "instruction", "warmer"),
        ("look", 3, "look", "portrait"),
        ("strength", 60.0, "strength", 60),
    ],
)
def test_what_is_offered_reaches_the_server(plugin, photos, option, value, field, expected):
    widget = plugin.widgets[option]
    if option == "look":
        widget.selected = value
    elif option == "strength":
        widget.value = value
    plugin.ask("warmer")
    assert sent(plugin)[field] == expected


def test_on_duplicates(plugin, photos):
    plugin.widgets.duplicate.value = True
    plugin.ask("warmer")
    assert [each["duplicate"] for each in plugin.applied] == [True] * 3


def test_a_failing_photo_costs_only_itself(plugin, photos):
    plugin.server.comes_to = [look("done", EDITED, FAILED, EDITED)]
    plugin.ask("warmer")
    assert names(plugin) == ["a.jpg", "c.jpg"]
    assert plugin.said.startswith("2 retouched, 1 failed\nb.jpg: no photo\n")


def test_a_photo_darktable_cannot_read_costs_only_itself(plugin, photos):
    plugin.dt.history.unreadable["b.jpg"] = True
    plugin.server.comes_to = [look("done", EDITED, EDITED)]
    plugin.ask("warmer")
    assert names(plugin) == ["a.jpg", "c.jpg"]
    assert "b.jpg: b.jpg cannot be read" in plugin.said


def test_a_photo_better_as_it_is_stays_so(plugin, photos):
    plugin.server.comes_to = [look("done", EDITED, UNCHANGED, EDITED)]
    plugin.ask("warmer")
    assert names(plugin) == ["a.jpg", "c.jpg"]
    assert "1 better as they are" in plugin.said


def test_a_photo_the_user_edits_meanwhile_is_left_alone(plugin, photos):
    plugin.dt.history.changed["b.jpg"] = True
    plugin.ask("warmer")
    assert names(plugin) == ["a.jpg", "c.jpg"]
    assert "1 edited by you meanwhile and left alone" in plugin.said


def test_one_that_cannot_be_applied_costs_only_itself(plugin, photos):
    broken = {key: value for key, value in EDITED.items() if key != "files"}
    plugin.server.comes_to = [look("done", EDITED, broken, EDITED)]
    plugin.ask("warmer")
    assert names(plugin) == ["a.jpg", "c.jpg"]
    assert "1 failed" in plugin.said


def test_a_server_killed_in_the_middle_goes_on_with_the_same_job(plugin):
    photos = [plugin.photo(f"{number:02}.jpg") for number in range(50)]
    plugin.select(*photos)
    final = [FAILED if number == 7 else EDITED for number in range(50)]
    half = [*final[:25], *[WAITING] * 25]
    plugin.server.comes_to = [look("running", *half), look("running", *half), look("done", *final)]
    looks = []

    def die_once(method, path):
        if method == "GET" and path.startswith("/v1/batches"):
            looks.append(path)
            plugin.server.running = len(looks) != 2

    plugin.server.before_answer = die_once
    plugin.ask("warmer")
    assert plugin.server.starts == 2
    assert len(plugin.server.sent("POST", "/v1/batches")) == 1
    assert len(set(looks)) == 1
    assert names(plugin) == [each.filename for number, each in enumerate(photos) if number != 7]
    assert plugin.said.startswith("49 retouched, 1 failed\n07.jpg: no photo")


def test_cancel_keeps_what_is_applied_and_touches_no_more(plugin, photos):
    plugin.server.comes_to = [look("running", EDITED, WAITING, WAITING)] * 20
    plugin.while_waiting(lambda: None, lambda: None, lambda: None, lambda: plugin.panel.press("cancel"))
    plugin.ask("warmer")
    assert names(plugin) == ["a.jpg"]
    assert [verb for verb, *_ in plugin.server.requests].count("DELETE") == 1
    assert plugin.said.startswith("1 retouched, 2 not reached")


def test_a_job_that_cannot_be_done_at_all_says_why(plugin, photos):
    plugin.server.refuses["/v1/batches"] = (503, {"error": {"kind": "HostMissing", "message": "no darktable"}})
    plugin.ask("warmer")
    assert plugin.said.startswith("3 failed\na.jpg: no darktable")


def test_what_happened_to_each_is_kept_in_a_log(plugin, photos):
    plugin.server.comes_to = [look("done", EDITED, FAILED, UNCHANGED)]
    plugin.ask("warmer")
    log = (plugin.folder / "retouchiq.log").read_text()
    assert "warmer: 1 retouched, 1 better as they are, 1 failed" in log
    for line in ("a.jpg: score 8.0, before 5.0", "b.jpg: no photo", "c.jpg: no try was better"):
        assert line in log
    assert "retouchiq.log" in plugin.said


def test_of_many_troubles_the_panel_shows_the_first(plugin):
    plugin.select(*[plugin.photo(f"{number:02}.jpg") for number in range(30)])
    plugin.server.comes_to = [look("done", EDITED, *[FAILED] * 29)]
    plugin.ask("warmer")
    lines = plugin.said.splitlines()
    assert lines[:2] == ["1 retouched, 29 failed", "01.jpg: no photo"]
    assert lines[-2] == "and 19 more"
    assert len(lines) == 13


def test_several_photos_are_a_new_edit_each(plugin, photos):
    plugin.select(photos[0])
    plugin.server.comes_to = [("done", 2, plugin.result())]
    plugin.ask("warmer")
    plugin.select(*photos)
    assert not plugin.widgets["continue"].visible
    plugin.widgets.strength.value = 40
    plugin.rest()
    assert plugin.server.sent("PUT", "/strength") == []


def test_progress_grows_to_the_end(plugin, photos):
    plugin.ask("warmer")
    history = [each for each in plugin.dt.jobs[1]["values"]["history"].values() if each is not False]
    assert history == sorted(history)
    assert history[-1] == 1


def test_the_window_can_draw_between_two_reads(plugin, photos):
    read = []
    plugin.dt.on_sleep = lambda: read.append(len(list(plugin.dt.history.states.values())))
    plugin.ask("warmer")
    assert read[:3] == [1, 2, 3]


def test_undo_takes_all_of_them_back(plugin, photos):
    plugin.ask("warmer")
    plugin.press("undo")
    assert sorted(plugin.dt.history.undone.values()) == [each.id for each in photos]
    assert plugin.said.splitlines() == [f"{each.filename}: the last edit was taken back" for each in photos]


def test_undo_of_many_can_be_cancelled(plugin, photos):
    plugin.ask("warmer")
    plugin.while_waiting(lambda: plugin.panel.press("cancel"))
    plugin.press("undo")
    assert len(list(plugin.dt.history.undone.values())) == 1


def test_each_of_them_can_be_explained(plugin, photos):
    plugin.ask("warmer")
    plugin.widgets.explain.value = True
    plugin.select(photos[1])
    assert plugin.widgets.explanation.text == "temperature +30\n\nNotes\n• the lamp stays"
    plugin.press("report")
    assert plugin.opened == ["/b/report.html"]


def test_the_menu_action_retouches_the_photos_it_is_given(plugin, photos):
    plugin.widgets.instruction.text = "warmer"
    plugin.server.comes_to = [("done", 2, plugin.result())]
    plugin.dt.actions.retouchiq.call("retouchiq", plugin.lua.table(photos[1]))
    assert names(plugin) == ["b.jpg"]


def test_the_shortcut_retouches_the_photos_at_hand(plugin, photos):
    plugin.widgets.instruction.text = "warmer"
    plugin.dt.fire("shortcut", "retouch by instruction")
    assert names(plugin) == ["a.jpg", "b.jpg", "c.jpg"]
