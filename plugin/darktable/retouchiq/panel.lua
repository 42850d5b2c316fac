-- The panel: its widgets, what is chosen in them and what they show. What the buttons do is in actions.

local dt = require "darktable"
local _ = require "retouchiq/translation"

local panel = { widgets = {} }

local widgets = panel.widgets
local actions -- name -> function, given to build

local function button(name, label, tooltip)
  widgets[name] = dt.new_widget("button") {
    label = label,
    tooltip = tooltip,
    clicked_callback = function() panel.press(name) end,
  }
  return widgets[name]
end

local function check(name, label, tooltip, value)
  widgets[name] = dt.new_widget("check_button") {
    label = label,
    tooltip = tooltip,
    value = value or false,
    clicked_callback = function() panel.press(name) end,
  }
  return widgets[name]
end

local function choice(name, label, tooltip)
  widgets[name] = dt.new_widget("combobox") {
    label = label,
    tooltip = tooltip,
    changed_callback = function() panel.press(name) end,
  }
  return widgets[name]
end

local function text(name)
  widgets[name] = dt.new_widget("text_view") { text = "", editable = false }
  return widgets[name]
end

local function row(...)
  local box = dt.new_widget("box") { orientation = "horizontal", ... }
  return box
end

local function instruction()
  widgets.instruction = dt.new_widget("entry") {
    text = "",
    placeholder = _("warmer, lift the shadows a little"),
    editable = true,
    tooltip = _("what is to be done to the photo, in plain English; empty: what the photo itself needs"),
  }
  return widgets.instruction
end

-- The value comes last: a value set before the range is moved by it, and a table of fields is set in any order.
local function strength()
  local slider = dt.new_widget("slider") {
    label = _("strength"),
    tooltip = _("how much of the edit is applied, in percent; moved afterwards it changes the edit that is applied"),
  }
  slider.hard_min, slider.hard_max = 0, 150
  slider.soft_min, slider.soft_max = 0, 150
  slider.step, slider.digits = 5, 0
  slider.value = 100
  widgets.strength = slider
  return slider
end

-- Does what a press on the widget of that name does, in the calling Lua thread.
function panel.press(name)
  local action = actions[name]
  if action then action() end
end

-- Makes the widgets and answers the box with all of them. does: widget name -> what a press on it does.
function panel.build(does)
  actions = does
  panel.box = dt.new_widget("box") {
    orientation = "vertical",
    instruction(),
    choice("recent", _("recent"), _("an instruction that was used before")),
    choice("look", _("look"), _("a named style to start from")),
    strength(),
    check("continue", _("continue the last edit"),
      _("on: the instruction is added to the last edit of this photo, such as 'a bit less'\n"
        .. "off: a new edit, which replaces the last one\n"
        .. "a look and variants count for a new edit only"), true),
    row(
      check("variants", _("variants"), _("work out three different answers to choose from (one photo only)")),
      check("explain", _("explain"), _("show why the edit looks as it does and what each measure says"))
    ),
    check("duplicate", _("on a duplicate"), _("leave the photo as it is and retouch a duplicate of it")),
    row(
      button("apply", _("apply"), _("retouch the open image, or each selected one")),
      button("cancel", _("cancel"), _("stop; what is not applied yet is not applied"))
    ),
    row(
      button("undo", _("undo"), _("take back our last edit of these photos")),
      button("compare", _("before/after"), _("switch between the photo before our last edit and after it"))
    ),
    choice("answers", _("answer"), _("the answers that were worked out, with their scores; choosing one applies it")),
    text("status"),
    text("explanation"),
    button("report", _("open the report"), _("the edit with its pictures and measures in the browser")),
  }
  panel.show { continue = false, answers = false, explanation = nil, report = false }
  return panel.box
end

-- filling ------------------------------------------------------------------------------------------------------------

local filled = {} -- combobox -> what was put into it last
local set = {} -- widget and field -> what it was set to last

-- Each touch of a widget waits for darktable's window to find the time: so what stays as it is is not touched, and none
-- is once darktable quits, as its window never again has time.
local function put(name, field, value)
  local key = name .. "." .. field
  if set[key] == value or dt.control.ending then return end
  set[key] = value
  widgets[name][field] = value
end

-- Puts entries into the combobox of that name, selecting one of them (0: none).
function panel.fill(name, entries, selected)
  if dt.control.ending then return end
  local combobox, all = widgets[name], table.concat(entries, "\n")
  if filled[name] ~= all then
    filled[name] = all
    for index = #combobox, 1, -1 do combobox[index] = nil end
    for index = 1, #entries do combobox[index] = entries[index] end
  end
  combobox.selected = selected
end

-- What is selected in the combobox of that name, counted from 1; 0 where nothing is.
function panel.selected(name)
  return math.tointeger(widgets[name].selected) or 0
end

function panel.say(sentence)
  put("status", "text", sentence)
end

-- Shows what fits the photo at hand. shown: continue, answers, explanation (a text or nil), report.
function panel.show(shown)
  put("continue", "visible", shown.continue)
  put("answers", "visible", shown.answers)
  put("explanation", "visible", shown.explanation ~= nil)
  put("explanation", "text", shown.explanation or "")
  put("report", "visible", shown.report)
end

-- Which buttons can be pressed.
function panel.enable(able)
  for name, yes in pairs(able) do put(name, "sensitive", yes) end
end

-- What the user asked for, but for the look.
function panel.choices()
  return {
    instruction = widgets.instruction.text:match("^%s*(.-)%s*$"),
    strength = math.floor(widgets.strength.value + 0.5),
    variants = widgets.variants.value,
    duplicate = widgets.duplicate.value,
    explain = widgets.explain.value,
    continue = widgets.continue.value,
  }
end

return panel
