"""What is in a user's sidecar stays in it: edits, rating, keywords, masks, and whatever nobody here understands."""

import copy
import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from hostbridge import InvalidSetting, MalformedSidecar, UnusableInput
from hostbridge.controls import PLACES, TONES
from hostbridge.darktable import history, masks, order, packet
from hostbridge.darktable.settings import OURS, Mask, ModuleSettings
from hostbridge.darktable.sidecar import Sidecar

USERS = """<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:mine="http://example.org/mine/" xmlns:darktable="http://darktable.sf.net/"
   xmp:Rating="4" mine:note="a &amp; b&#10;c" darktable:xmp_version="5" darktable:raw_params="0"
   darktable:auto_presets_applied="1" darktable:history_end="3" darktable:iop_order_version="2"
   darktable:history_current_hash="00ff">
   <!-- a comment -->
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Fisch</rdf:li><rdf:li xml:lang="de">Fisch, frisch</rdf:li></rdf:Alt>
   </dc:title>
   <dc:subject><rdf:Bag><rdf:li>places|lake</rdf:li><rdf:li>night</rdf:li></rdf:Bag></dc:subject>
   <mine:crop rdf:parseType="Resource"><mine:deep rdf:parseType="Resource"><mine:y>2</mine:y></mine:deep></mine:crop>
   <darktable:masks_history><rdf:Seq>
    <rdf:li darktable:mask_num="1" darktable:mask_id="5" darktable:mask_type="1" darktable:mask_name="circle #1"
     darktable:mask_version="6" darktable:mask_points="0000003f0000003f0000003e0000003e" darktable:mask_nb="1"
     darktable:mask_src="0000000000000000"/></rdf:Seq></darktable:masks_history>
   <darktable:history><rdf:Seq>
    <rdf:li darktable:num="0" darktable:operation="flip" darktable:enabled="1" darktable:modversion="2"
     darktable:params="ffffffff" darktable:multi_name="" darktable:multi_priority="0" mine:seen="yes"/>
    <rdf:li darktable:num="1" darktable:operation="exposure" darktable:enabled="1" darktable:modversion="3"
     darktable:params="00aa" darktable:multi_name="sky" darktable:multi_priority="0" darktable:future="1"/>
    <rdf:li darktable:num="2" darktable:operation="crop" darktable:enabled="1" darktable:modversion="0"
     darktable:params="01" darktable:multi_name="my crop" darktable:multi_priority="0"/>
    <rdf:li darktable:num="3" darktable:operation="sharpen" darktable:enabled="1" darktable:modversion="1"
     darktable:params="02" darktable:multi_name="" darktable:multi_priority="0"/>
   </rdf:Seq></darktable:history>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>"""


@pytest.fixture
def users():
    return Sidecar.parse(USERS)


@pytest.fixture
def exposure(schema):
    """Settings of +1 EV, everywhere or in a mask."""

    def make(mask=None, operation="exposure", **fields):
        module = schema.module(operation)
        return ModuleSettings(operation, module.version, module.defaults() | fields, mask=mask)

    return make


SKY = Mask(shape=PLACES["top"], tones=TONES["highlights"])


def said(sidecar):
    """Every statement of a sidecar that is not a step, a form or their bookkeeping: path, attribute or text."""
    ours = ("history", "masks_history", "history_end", "history_current_hash", "auto_presets_applied", "iop_order")
    found = Counter()

    def walk(element, path):
        if not isinstance(element.tag, str):
            found[path, str(element)] += 1
            return
        if element.tag.startswith(packet.DARKTABLE + "history") or element.tag == packet.DARKTABLE + "masks_history":
            return
        here = f"{path}/{element.tag}"
        found[here, (element.text or "").strip()] += 1
        for name, text in element.attrib.items():
            if not name.startswith(tuple(packet.DARKTABLE + own for own in ours)):
                found[here, f"{name}={text}"] += 1
        for child in element:
            walk(child, here)

    walk(etree.fromstring(sidecar.to_bytes()), "")
    return found


def steps(sidecar):
    return [(e.operation, e.version, e.enabled, e.params, e.instance, e.priority, e.blend) for e in sidecar.history]


def test_everything_but_the_history_stays(users, exposure, schema):
    edited = users.with_settings([exposure(), exposure(SKY)], schema, 1.5)
    assert said(edited) == said(users)
    assert b"<!-- a comment -->" in edited.to_bytes()


def test_the_users_steps_stay_with_what_nobody_understands(users, exposure, schema):
    edited = users.with_settings([exposure()], schema, 1.5)
    assert steps(edited)[:3] == steps(users)[:3]
    text = edited.to_bytes().decode()
    assert 'darktable:future="1"' in text
    assert 'mine:seen="yes"' in text


def test_ours_come_last_under_our_name(users, exposure, schema):
    last = users.with_settings([exposure()], schema, 1.5).history[-1]
    assert (last.operation, last.instance, last.num, last.enabled) == ("exposure", OURS, 3, True)
    assert last.version == schema.module("exposure").version


def test_the_users_own_instance_is_not_changed_but_joined(users, exposure, schema):
    edited = users.with_settings([exposure(), exposure()], schema, 1.5)
    assert [e.priority for e in edited.history if e.operation == "exposure"] == [0, 1, 2]
    pipe = edited.iop_order_list
    first = pipe.index(("exposure", 0))
    assert pipe[first : first + 3] == (("exposure", 0), ("exposure", 1), ("exposure", 2))


def test_a_module_the_user_does_not_use_is_not_duplicated(users, exposure, schema):
    edited = users.with_settings([exposure(operation="bilat")], schema, 1.5)
    assert edited.history[-1].priority == 0
    assert edited.iop_order_list is None


def test_a_module_that_exists_once_is_changed_on_top_of_the_users(users, exposure, schema):
    edited = users.with_settings([exposure(operation="crop", cw=0.5, ch=0.5)], schema, 1.5)
    assert [e.priority for e in edited.history if e.operation == "crop"] == [0, 0]
    assert edited.without_ours().last("crop").instance == "my crop"


def test_running_again_replaces_ours_and_never_stacks(users, exposure, schema):
    once = users.with_settings([exposure(SKY), exposure(operation="crop", cw=0.5, ch=0.5)], schema, 1.5)
    again = once.with_settings([exposure(SKY), exposure(operation="crop", cw=0.5, ch=0.5)], schema, 1.5)
    assert again.to_bytes() == once.to_bytes()
    assert len(once.with_settings([], schema, 1.5).history) == 3


def test_taking_ours_away_gives_the_users_own_back(users, exposure, schema):
    back = users.with_settings([exposure(SKY), exposure()], schema, 1.5).without_ours()
    assert steps(back) == steps(users)[:3]
    assert [(f.num, f.id) for f in back.masks] == [(1, 5)]
    assert back.history_end == 3


def test_a_sidecar_without_ours_is_left_alone(users):
    assert users.without_ours() is users


def test_steps_the_user_had_undone_go_as_darktable_lets_them_go(users, exposure, schema):
    edited = users.with_settings([exposure()], schema, 1.5)
    assert [e.operation for e in edited.history] == ["flip", "exposure", "crop", "exposure"]
    assert edited.history_end == 4


def test_a_thumbnail_of_the_old_edit_is_not_taken_for_the_new(users, exposure, schema):
    assert b"history_current_hash" not in users.with_settings([exposure()], schema, 1.5).to_bytes()


def test_the_users_masks_are_in_effect_beside_ours(users, exposure, schema):
    edited = users.with_settings([exposure(), exposure(SKY), exposure(SKY)], schema, 1.5)
    snapshot = [form for form in edited.masks if form.num == 4]  # the first step with a drawn mask
    assert [form.name for form in snapshot if not form.name.startswith(OURS)] == ["circle #1"]
    assert len({form.id for form in snapshot}) == len(snapshot) == 5
    assert edited.masks[0].id == 5


def test_a_mask_the_user_drew_later_survives_taking_ours_away(users, exposure, schema):
    edited = users.with_settings([exposure(SKY)], schema, 1.5)
    drawn = masks.make(masks.CIRCLE, 9, "circle #2", masks.decode(masks.CIRCLE, edited.masks[0].points))
    root = copy.deepcopy(edited._root)
    # as darktable leaves it after compressing the history: one snapshot, at our step
    kept = [form for form in edited.masks if form.num == 3]
    history.write_forms(root, [*kept, masks.at(drawn, 3)])
    back = Sidecar(root, "darktable's").without_ours()
    assert [(form.num, form.id) for form in back.masks] == [(2, 5), (2, 9)]


def test_our_shape_stays_where_the_user_took_it_into_a_group(users, exposure, schema):
    edited = users.with_settings([exposure(SKY)], schema, 1.5)
    (shape,) = [form for form in edited.masks if form.kind == masks.GRADIENT]
    point = {"formid": shape.id, "parentid": 99, "state": 3, "opacity": 1.0}
    group = masks.at(masks.make(masks.GROUP, 99, "grp sharpen", [point]), 3)
    root = copy.deepcopy(edited._root)
    history.write_forms(root, [*edited.masks, group])
    back = Sidecar(root, "darktable's").without_ours()
    assert {99, shape.id} <= {form.id for form in back.masks}


def test_a_new_sidecar_says_all_that_darktable_needs(exposure, schema):
    text = Sidecar.new().with_settings([exposure()], schema, 1.5).to_bytes().decode()
    for needed in ('xmp_version="5"', 'auto_presets_applied="1"', 'history_end="1"', "iop_order_version="):
        assert needed in text
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<x:xmpmeta')


def test_metadata_stays_when_the_history_of_a_render_is_adopted(users, exposure, schema):
    render = Sidecar.new().with_settings([exposure()], schema, 1.5)
    adopted = users.adopt_history(render)
    assert steps(adopted) == steps(render)
    assert said(adopted) == said(users)
    assert adopted.masks == []


def test_a_sidecar_of_another_program_becomes_ours_with_all_it_held(exposure, schema):
    foreign = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description rdf:about="" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" crs:Exposure="1.2"/>
      <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:Rating>3</xmp:Rating></rdf:Description>
      </rdf:RDF></x:xmpmeta>"""
    read = Sidecar.parse(foreign)
    assert (read.version, read.complete, read.history) == (0, False, [])
    edited = read.with_settings([exposure()], schema, 1.5)
    assert edited.complete
    assert len(Sidecar.parse(edited.to_bytes()).history) == 1
    assert b'crs:Exposure="1.2"' in edited.to_bytes()
    assert b"<xmp:Rating>3</xmp:Rating>" in edited.to_bytes()


def test_settings_are_shown_as_json(users, exposure, schema):
    shown = users.with_settings([exposure(SKY)], schema, 1.5).settings(schema)
    json.dumps(shown, allow_nan=False)
    flip, old, _, ours = shown
    assert flip["params"] == {"orientation": "ORIENTATION_NULL"}
    assert "version 3, darktable" in old["carried"]
    assert ours["blend"]["version"] == schema.blend_version
    assert {form["shape"] for form in ours["forms"]} == {"circle", "gradient", "group"}
    assert [step["active"] for step in users.settings(schema)] == [True, True, True, False]


# --- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is empty"),
        ("not xml", "not well-formed"),
        (USERS[:900], "not well-formed"),
        ("<html/>", "not XMP"),
        ('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>', "without rdf:RDF"),
        ('<!DOCTYPE x [<!ENTITY a "b">]>' + USERS.split("?>", 1)[1].strip(), "document type"),
    ],
)
def test_what_is_no_sidecar_is_refused_with_a_way_out(text, complaint):
    with pytest.raises(MalformedSidecar, match=complaint):
        Sidecar.parse(text, "photo.xmp")


def test_no_file_outside_is_ever_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    text = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&s;</x:xmpmeta>'
    with pytest.raises(MalformedSidecar) as refused:
        Sidecar.parse(text)
    assert "hunter2" not in str(refused.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UnusableInput, match=r"none\.xmp cannot be read: No such file"):
        Sidecar.read(tmp_path / "none.xmp")


@pytest.mark.parametrize("field", ["operation", "modversion", "params"])
def test_a_step_darktable_would_drop_everything_for_is_named(field, exposure, schema):
    broken = USERS.replace(f"darktable:{field}=", f"darktable:no{field}=", 1)
    with pytest.raises(MalformedSidecar, match=f"history step 0 has no {field}"):
        Sidecar.parse(broken).with_settings([exposure()], schema, 1.5)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('history_end="3"', 'history_end="three"'),
        ('params="00aa"', 'params="00AA"'),
        ('modversion="3"', 'modversion="x"'),
        ('mask_nb="1"', 'mask_nb="one"'),
        ('iop_order_version="2"', 'iop_order_version="2" darktable:iop_order_list="exposure,zero"'),
    ],
)
def test_nonsense_inside_is_refused_before_anything_is_written(old, new, exposure, schema):
    with pytest.raises(MalformedSidecar):
        Sidecar.parse(USERS.replace(old, new)).with_settings([exposure()], schema, 1.5)


def test_a_newer_darktables_sidecar_is_shown_but_not_edited(exposure, schema):
    newer = Sidecar.parse(USERS.replace('xmp_version="5"', 'xmp_version="6"'))
    assert newer.settings(schema)
    for edit in (newer.require_readable, lambda: newer.with_settings([exposure()], schema, 1.5)):
        with pytest.raises(MalformedSidecar, match=r"written by a newer darktable .* update darktable"):
            edit()


def test_settings_of_another_module_version_are_refused(users, schema):
    with pytest.raises(InvalidSetting, match="exposure is of version"):
        users.with_settings([ModuleSettings("exposure", 99, {})], schema, 1.5)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_crashes_the_reader(data):
    raw = bytearray(USERS.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        sidecar = Sidecar.parse(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
        sidecar.require_readable()
        sidecar.without_ours()
    except MalformedSidecar:
        pass


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")))
def test_any_name_and_keyword_survives(text):
    users = Sidecar.parse(USERS)
    root = copy.deepcopy(users._root)
    packet.set(root, "version_name", text)
    again = Sidecar.parse(Sidecar(root, "x").to_bytes())
    assert packet.get(again._root, "version_name") == text


# --- the order of modules ---------------------------------------------------------------------------------------------


def test_a_listed_order_of_the_users_own_is_kept(exposure, schema):
    own = order.to_text(tuple(reversed(schema.orders[2])))
    text = USERS.replace('iop_order_version="2"', f'iop_order_version="0" darktable:iop_order_list="{own}"')
    edited = Sidecar.parse(text).with_settings([exposure()], schema, 1.5)
    assert edited.iop_order_version == 0
    assert [pair for pair in edited.iop_order_list if pair != ("exposure", 1)] == list(reversed(schema.orders[2]))
    assert edited.without_ours().iop_order_list == tuple(reversed(schema.orders[2]))


# --- real sidecars ----------------------------------------------------------------------------------------------------


def test_every_real_sidecar_takes_an_edit_and_gives_it_back(sidecars, exposure, schema):
    edits = [exposure(), exposure(SKY)]
    for path in sidecars:
        users = Sidecar.read(path)
        if users.version > 5:
            continue
        edited = users.with_settings(edits, schema, 1.5)
        assert edited.with_settings(edits, schema, 1.5).to_bytes() == edited.to_bytes(), path
        back = edited.without_ours()
        assert steps(back) == steps(users)[: users.history_end], path
        assert [(f.num, f.id, f.points) for f in back.masks] == [(f.num, f.id, f.points) for f in users.masks], path
        # version 1's columns have become steps, and what was said twice is said once
        lost = {(where, what) for where, what in said(users).keys() - said(edited).keys()}
        assert not [one for one in lost if users.version > 1 or packet.DARKTABLE not in "".join(one)], path
