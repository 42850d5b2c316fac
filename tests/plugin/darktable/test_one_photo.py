import operator

import pytest


@pytest.fixture
def photo(plugin):
    """The one photo that is selected."""
    photo = plugin.photo()
    plugin.select(photo)
    return photo


def edit_sent(plugin) -> dict:
    return plugin.server.sent("POST", "/v1/edits")[-1]


# what is offered reaches the server ---------------------------------------------------------------------------------


def test_the_instruction_reaches_the_server(plugin, photo):
    plugin.ask("  warmer ")
    assert edit_sent(plugin)["instruction"] == "warmer"
    assert edit_sent(plugin)["image"] == f"{photo.path}/{photo.filename}"


def test_the_look_reaches_the_server(plugin, photo):
    plugin.ask("warmer")
    assert "look" not in edit_sent(plugin)
    plugin.widgets.look.selected = 3
    plugin.widgets["continue"].value = False
    plugin.ask("warmer")
    assert edit_sent(plugin)["look"] == "portrait"


def test_a_look_alone_is_enough(plugin, photo):
    plugin.widgets.look.selected = 2
    plugin.ask("")
    assert edit_sent(plugin)["look"] == "film"


def test_the_strength_reaches_the_server(plugin, photo):
    plugin.widgets.strength.value = 60
    plugin.ask("warmer")
    assert edit_sent(plugin)["strength"] == 60


@pytest.mark.parametrize(("wanted", "count"), [(False, 1), (True, 3)])
def test_variants_reach_the_server(plugin, photo, wanted, count):
    plugin.widgets.variants.value = wanted
    plugin.ask("warmer")
    assert edit_sent(plugin)["variants"] == count


def test_the_photos_present_state_reaches_the_server(plugin, photo):
    bases = []
    plugin.server.before_answer = lambda method, path: method == "POST" and bases.append(True)
    plugin.ask("warmer")
    assert edit_sent(plugin)["base"].endswith(".xmp")
    assert bases


@pytest.mark.parametrize("wanted", [False, True])
def test_on_a_duplicate(plugin, photo, wanted):
    plugin.widgets.duplicate.value = wanted
    plugin.ask("warmer")
    assert plugin.applied[-1]["duplicate"] is wanted


def test_explain_shows_reasoning_measures_and_what_is_impossible(plugin, photo):
    plugin.ask("warmer")
    assert plugin.widgets.explanation.visible is False
    plugin.widgets.explain.value = True
    plugin.press("explain")
    shown = plugin.widgets.explanation.text
    for part in ("“warmer” is +30 mired.", "8.0  warmth: mean b* rose", "remove the post", "a note"):
        assert part in shown
    plugin.press("report")
    assert plugin.opened == ["/edits/1/report.html"]


# what comes of it ---------------------------------------------------------------------------------------------------


def test_the_verified_edit_is_applied_and_its_score_told(plugin, photo):
    plugin.ask("warmer")
    assert [each["sidecar"] for each in plugin.applied] == ["/edits/1/100-0.xmp"]
    assert plugin.said == "Applied: score 8.0, before 5.0."
    assert plugin.dt.printed[1] == plugin.said
    assert plugin.dt.jobs[1]["values"]["valid"] is False


def test_the_step_and_its_score_are_shown_meanwhile(plugin, photo):
    said = []
    plugin.while_waiting(lambda: said.append(plugin.said))
    plugin.ask("warmer")
    assert said == ["render 1 scores 7.5 of 10"]


def test_an_edit_no_better_than_nothing_is_not_applied(plugin, photo):
    plugin.server.comes_to = [("done", 2, plugin.result(4.0, applied=False))]
    plugin.ask("warmer")
    assert plugin.applied == []
    assert "Nothing was applied" in plugin.said


def test_what_the_user_did_meanwhile_is_kept(plugin, photo):
    plugin.while_waiting(lambda: operator.setitem(plugin.dt.history.changed, photo.filename, True))
    plugin.ask("warmer")
    assert plugin.applied == []
    assert "was edited while RetouchIQ worked" in plugin.said


def test_a_failed_edit_says_why(plugin, photo):
    error = {"kind": "HostFailed", "message": "darktable crashed on a.jpg"}
    plugin.server.comes_to = [{"state": "failed", "error": error}]
    plugin.ask("warmer")
    assert plugin.said == "darktable crashed on a.jpg"
    assert plugin.actions.busy() is False


def test_a_refused_request_says_why(plugin, photo):
    plugin.server.refuses["/v1/edits"] = (429, {"error": {"kind": "Busy", "message": "too many", "way_out": "wait"}})
    plugin.ask("warmer")
    assert plugin.said == "too many: wait"


def test_a_photo_darktable_cannot_read_is_named(plugin, photo):
    plugin.dt.history.unreadable[photo.filename] = True
    plugin.ask("warmer")
    assert plugin.said == "a.jpg cannot be read"


def test_an_apply_that_darktable_refuses_says_why(plugin, photo):
    plugin.dt.history.refuse = "the sidecar is gone"
    plugin.ask("warmer")
    assert plugin.said == "the sidecar is gone"


def test_an_error_of_ours_leaves_the_panel_usable(plugin, photo):
    plugin.server.comes_to = [("done", 1, {"nonsense": True})]
    plugin.ask("warmer")
    assert plugin.actions.busy() is False
    assert plugin.dt.jobs[1]["values"]["valid"] is False
    plugin.server.comes_to = [("done", 2, plugin.result())]
    plugin.ask("warmer")
    assert len(plugin.applied) == 1


def test_an_empty_line_asks_for_what_the_photo_itself_needs(plugin, photo):
    plugin.ask(" ")
    assert [sent["instruction"].strip() for sent in plugin.server.sent("POST", "/v1/edits")] == [""]


def test_asks_for_a_photo(plugin, photo):
    plugin.select()
    plugin.ask("warmer")
    assert "Select a photo" in plugin.said
    assert plugin.server.sent("POST", "/v1/edits") == []


# cancel -------------------------------------------------------------------------------------------------------------


def test_cancel_stops_the_render_and_applies_nothing(plugin, photo):
    plugin.server.comes_to = [("running", 1, None)] * 20
    plugin.while_waiting(lambda: plugin.panel.press("cancel"))
    plugin.ask("warmer")
    assert [verb for verb, *_ in plugin.server.requests].count("DELETE") == 1
    assert plugin.dt.slept <= 500, "the cancel was not noticed at once"
    assert plugin.applied == []
    assert "Cancelled" in plugin.said


def test_the_cancel_of_the_progress_bar_does_the_same(plugin, photo):
    plugin.server.comes_to = [("running", 1, None)] * 20
    plugin.while_waiting(lambda: plugin.dt.jobs[1]["values"]["cancel"](plugin.dt.jobs[1]))
    plugin.ask("warmer")
    assert plugin.dt.jobs[1]["values"]["valid"] is False
    assert plugin.applied == []


def test_a_cancel_in_the_last_moment_applies_nothing(plugin, photo):
    def cancel(method, path):
        if method == "GET":
            plugin.panel.press("cancel")

    plugin.server.comes_to = [("done", 2, plugin.result())]
    plugin.server.before_answer = cancel
    plugin.ask("warmer")
    assert plugin.applied == []


def test_quitting_darktable_ends_the_work(plugin, photo):
    plugin.server.comes_to = [("running", 1, None)] * 20
    plugin.while_waiting(lambda: setattr(plugin.dt, "ending", True))
    plugin.ask("warmer")
    assert plugin.applied == []
    assert [verb for verb, *_ in plugin.server.requests].count("DELETE") == 1


def test_one_instruction_at_a_time(plugin, photo):
    plugin.while_waiting(lambda: plugin.panel.press("apply"))
    plugin.ask("warmer")
    assert len(plugin.server.sent("POST", "/v1/edits")) == 1
    assert "still at work" in plugin.dt.printed[1]


# more of an edit ----------------------------------------------------------------------------------------------------


def test_a_further_instruction_goes_on_from_the_last_edit(plugin, photo):
    plugin.ask("warmer")
    assert plugin.widgets["continue"].visible
    plugin.ask("a bit less")
    assert plugin.server.sent("POST", "/turns") == [{"instruction": "a bit less"}]
    assert len(plugin.applied) == 2


def test_without_continue_it_is_a_new_edit(plugin, photo):
    plugin.ask("warmer")
    plugin.widgets["continue"].value = False
    plugin.ask("cooler")
    assert plugin.server.sent("POST", "/turns") == []
    assert len(plugin.server.sent("POST", "/v1/edits")) == 2


def test_another_photo_is_a_new_edit(plugin, photo):
    plugin.ask("warmer")
    plugin.select(plugin.photo("b.jpg"))
    assert not plugin.widgets["continue"].visible
    plugin.ask("a bit less")
    assert plugin.server.sent("POST", "/turns") == []


def test_a_photo_changed_since_is_not_continued_but_can_be_started_anew(plugin, photo):
    plugin.ask("warmer")
    plugin.dt.history.changed[photo.filename] = True
    plugin.ask("a bit less")
    assert plugin.server.sent("POST", "/turns") == []
    assert "changed since" in plugin.said
    plugin.dt.history.changed[photo.filename] = None
    plugin.widgets["continue"].value = False
    plugin.ask("a bit less")
    assert len(plugin.server.sent("POST", "/v1/edits")) == 2


def test_a_photo_that_cannot_be_read_after_the_edit_is_not_continued_blindly(plugin, photo):
    plugin.server.before_answer = lambda method, path: operator.setitem(
        plugin.dt.history.unreadable, photo.filename, method == "GET"
    )
    plugin.ask("warmer")
    assert len(plugin.applied) == 1
    plugin.ask("a bit less")
    assert plugin.server.sent("POST", "/turns") == []
    assert "changed since" in plugin.said


def test_a_turn_on_a_duplicate_stays_on_that_duplicate(plugin, photo):
    plugin.widgets.duplicate.value = True
    plugin.ask("warmer")
    plugin.ask("a bit less")
    assert plugin.applied[1]["image"].duplicate_index == 1
    assert plugin.applied[1]["duplicate"] is False


def test_moving_the_strength_afterwards_applies_the_edit_anew(plugin, photo):
    plugin.ask("warmer")
    plugin.server.comes_to = [("done", 1, plugin.result(strength=40))]
    plugin.widgets.strength.value = 40
    plugin.rest()
    assert plugin.server.sent("PUT", "/strength") == [{"strength": 40}]
    assert [each["sidecar"] for each in plugin.applied] == ["/edits/1/100-0.xmp", "/edits/1/40-0.xmp"]


def test_a_strength_for_a_photo_changed_since_is_not_applied(plugin, photo):
    plugin.ask("warmer")
    plugin.dt.history.changed[photo.filename] = True
    plugin.widgets.strength.value = 40
    plugin.rest()
    assert plugin.server.sent("PUT", "/strength") == []
    assert len(plugin.applied) == 1
    assert "changed since" in plugin.said


def test_a_slider_that_still_moves_is_waited_for(plugin, photo):
    plugin.ask("warmer")
    for value in (90, 80, 70):
        plugin.widgets.strength.value = value
        plugin.rest(1)
    assert plugin.server.sent("PUT", "/strength") == []


def test_looking_at_another_photo_changes_no_strength(plugin, photo):
    plugin.ask("warmer")
    other = plugin.photo("b.jpg")
    plugin.select(other)
    plugin.widgets.strength.value = 40
    plugin.rest()
    plugin.select(photo)
    plugin.rest()
    assert plugin.server.sent("PUT", "/strength") == []


def test_the_slider_shows_the_strength_that_is_applied(plugin, photo):
    plugin.widgets.strength.value = 60
    plugin.server.comes_to = [("done", 1, plugin.result(strength=60))]
    plugin.ask("warmer")
    plugin.server.comes_to = [("done", 1, plugin.result(strength=100))]
    plugin.ask("a bit less")
    assert plugin.widgets.strength.value == 100
    plugin.rest()
    assert plugin.server.sent("PUT", "/strength") == []


NAMES = ("as asked", "softer", "crisper")


def test_another_answer_can_be_chosen(plugin, photo):
    plugin.server.comes_to = [("done", 6, plugin.result(variants=NAMES))]
    plugin.widgets.variants.value = True
    plugin.ask("warmer")
    assert list(plugin.widgets.answers.entries.values()) == [
        "1  as asked  8.0", "2  softer  7.8", "3  crisper  7.6",
    ]  # fmt: skip
    plugin.server.comes_to = [("done", 1, plugin.result(7.8, variants=NAMES, chosen=1))]
    plugin.widgets.answers.selected = 2
    plugin.rest()
    assert plugin.server.sent("PUT", "/choice") == [{"variant": 1}]
    assert plugin.applied[-1]["sidecar"] == "/edits/1/100-1.xmp"
    assert plugin.widgets.answers.selected == 2


def test_showing_the_answers_chooses_none(plugin, photo):
    plugin.server.comes_to = [("done", 6, plugin.result(variants=NAMES))]
    plugin.ask("warmer")
    plugin.select(photo)
    plugin.rest()
    assert plugin.server.sent("PUT", "/choice") == []


def test_undo_takes_our_edit_back(plugin, photo):
    plugin.ask("warmer")
    plugin.press("undo")
    assert list(plugin.dt.history.undone.values()) == [photo.id]
    assert not plugin.widgets["continue"].visible
    plugin.ask("a bit less")
    assert plugin.server.sent("POST", "/turns") == []


def test_undo_of_a_weaker_edit_does_not_weaken_the_next_one(plugin, photo):
    plugin.widgets.strength.value = 40
    plugin.server.comes_to = [("done", 1, plugin.result(strength=40))]
    plugin.ask("warmer")
    assert plugin.said == "Applied at 40 %: score 8.0, before 5.0."
    plugin.press("undo")
    assert plugin.widgets.strength.value == 100


def test_undo_leaves_photos_alone_that_we_did_not_edit(plugin, photo):
    plugin.press("undo")
    assert list(plugin.dt.history.undone.values()) == []
    assert plugin.said == "a.jpg: RetouchIQ has not edited this photo."


def test_before_and_after_can_be_compared(plugin, photo):
    plugin.ask("warmer")
    plugin.press("compare")
    assert list(plugin.dt.history.compared.values()) == [photo.id]


def test_the_darkroom_retouches_the_open_photo(plugin, photo):
    plugin.dt.open = plugin.photo("open.jpg")
    plugin.dt.view = "darkroom"
    plugin.ask("warmer")
    assert [each["name"] for each in plugin.applied] == ["open.jpg"]
