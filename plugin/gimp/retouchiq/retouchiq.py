#!/usr/bin/env python3
# ruff: noqa: E402  gi wants to know the versions before anything is imported from it
"""Filters ▸ Retouch by instruction…: type what you want, get GIMP's own filters, verified on GIMP's own render."""

import sys
from pathlib import Path

import gi

gi.require_version("Gegl", "0.4")
gi.require_version("Gimp", "3.0")
import instructions
import job
from failures import Cancelled, Failure
from gi.repository import Gegl, Gimp, GLib, GObject
from job import CHOOSE, Job, Wish
from progress import Bar
from texts import _
from waiting import Patient

RETOUCH, REMOVE = "plug-in-retouchiq", "plug-in-retouchiq-remove"
KINDS = "RGB*, GRAY*, INDEXED*"  # indexed too: that is refused with a sentence instead of a greyed entry
READ_WRITE = GObject.ParamFlags.READWRITE
VARIANTS = {"as-asked": _("as asked"), "softer": _("softer"), "crisper": _("crisper"), CHOOSE: _("choose among three")}


class RetouchIQ(Gimp.PlugIn):
    """The two procedures of the plug-in."""

    def do_set_i18n(self, _name):
        return False  # texts.py translates

    def do_query_procedures(self):
        return [RETOUCH, REMOVE]

    def do_create_procedure(self, name):
        return {RETOUCH: _retouching, REMOVE: _removing}[name](self)


def _retouching(plug_in: Gimp.PlugIn) -> Gimp.Procedure:
    made = Gimp.ImageProcedure.new(plug_in, RETOUCH, Gimp.PDBProcType.PLUGIN, retouch, None)
    _describe(made, _("Retouch by _instruction…"), _("Retouch the selected layers as an instruction says"))
    help_text = _("What to do, in your own words; empty: what the photo itself needs")
    made.add_string_argument("instruction", _("_Instruction"), help_text, "", READ_WRITE)
    made.add_string_argument("look", _("_Look"), _("A named style, empty for none"), "", READ_WRITE)
    what = _("A photo to come close to: a finished version of this one, or one whose tones and colours you like")
    choose, none = Gimp.FileChooserAction.OPEN, None
    made.add_file_argument("reference", _("Li_ke the photo"), what, choose, True, none, READ_WRITE)
    made.add_double_argument("strength", _("Stren_gth (%)"), _("How much of the edit"), 0, 150, 100, READ_WRITE)
    made.add_choice_argument("variant", _("_Variant"), _("Which answer"), _choice(), "as-asked", READ_WRITE)
    made.add_boolean_return_value("applied", "applied", "Whether anything was changed", False, READ_WRITE)
    made.add_double_return_value("score", "score", "The verdict on the first layer", 0, 10, 0, READ_WRITE)
    return made


def _removing(plug_in: Gimp.PlugIn) -> Gimp.Procedure:
    made = Gimp.ImageProcedure.new(plug_in, REMOVE, Gimp.PDBProcType.PLUGIN, remove, None)
    _describe(made, _("Remove _retouching"), _("Remove what “Retouch by instruction” added to the selected layers"))
    return made


def _describe(procedure: Gimp.Procedure, label: str, what: str) -> None:
    procedure.set_image_types(KINDS)
    procedure.set_sensitivity_mask(Gimp.ProcedureSensitivityMask.DRAWABLE | Gimp.ProcedureSensitivityMask.DRAWABLES)
    procedure.set_menu_label(label)
    procedure.add_menu_path("<Image>/Filters")
    procedure.set_documentation(what, what, None)
    procedure.set_attribution("RetouchIQ", "RetouchIQ, GPL-3.0-or-later", "2026")


def _choice() -> Gimp.Choice:
    choice = Gimp.Choice.new()
    for number, (name, label) in enumerate(VARIANTS.items()):
        choice.add(name, number, label, "")
    return choice


def retouch(procedure, run_mode, image, drawables, config, _data):
    """Run by GIMP: from the menu, with last values, or from a script."""
    Gegl.init(None)
    history = Path(Gimp.directory()) / "retouchiq-instructions.json"
    windows = _windows(run_mode)
    if run_mode == Gimp.RunMode.INTERACTIVE and not windows.ask(procedure, config, history):
        return procedure.new_return_values(Gimp.PDBStatusType.CANCEL, None)
    try:
        wish = _wish(config)
        if windows and wish.instruction:  # what scripts ask is no memory of the user's
            instructions.remember(history, wish.instruction)
        answers = _watched(image, drawables, wish, windows)
    except Cancelled:
        return procedure.new_return_values(Gimp.PDBStatusType.CANCEL, None)
    except Failure as failure:
        return procedure.new_return_values(Gimp.PDBStatusType.EXECUTION_ERROR, GLib.Error(str(failure)))
    return _told(procedure, answers)


def _windows(run_mode):
    """The windows, where a person is there to see them. They need a display: scripts get none."""
    if run_mode == Gimp.RunMode.NONINTERACTIVE:
        return None
    gi.require_version("GimpUi", "3.0")
    from gi.repository import GimpUi

    GimpUi.init(RETOUCH)
    import windows

    return windows


def _wish(config: Gimp.ProcedureConfig) -> Wish:
    instruction = (config.get_property("instruction") or "").strip()
    look = (config.get_property("look") or "").strip()
    variant = config.get_property("variant").replace("-", " ")
    return Wish(instruction, look, config.get_property("reference"), config.get_property("strength"), variant)


def _watched(image, drawables, wish: Wish, windows) -> list:
    """Do the job with progress shown."""
    progress = windows.ProgressWindow() if windows else Bar()
    patient = Patient(progress.tick, lambda: progress.cancelled)

    def choose(copy, answers):
        with progress.aside():
            return windows.choose(copy, answers)

    try:
        return Job(image, wish, patient, progress.say, choose if windows else job.best).run(drawables)
    finally:
        progress.close()
        patient.close()


def _told(procedure: Gimp.Procedure, answers: list):
    for answer in answers:
        if answer.remarks:
            Gimp.message("\n".join(answer.remarks))
    values = procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, None)
    _set(values, 1, GObject.TYPE_BOOLEAN, any(answer.applied for answer in answers))
    _set(values, 2, GObject.TYPE_DOUBLE, answers[0].score)
    return values


def _set(values: Gimp.ValueArray, at: int, kind: GObject.GType, value) -> None:
    values.remove(at)
    values.insert(at, GObject.Value(kind, value))


def remove(procedure, _run_mode, image, drawables, _config, _data):
    """Run by GIMP: take our filters away."""
    job.remove(image, drawables)
    return procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, None)


if __name__ == "__main__":
    Gimp.main(RetouchIQ.__gtype__, sys.argv)
