--[[
    RetouchIQ for darktable: type what you want, darktable does it.
    Copyright (C) 2026 The RetouchIQ authors.

    This program is free software: you can redistribute it and/or modify
    it under the terms of the GNU General Public License as published by
    the Free Software Foundation, either version 3 of the License, or
    (at your option) any later version.

    This program is distributed in the hope that it will be useful,
    but WITHOUT ANY WARRANTY; without even the implied warranty of
    MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
    GNU General Public License for more details.

    You should have received a copy of the GNU General Public License
    along with this program.  If not, see <http://www.gnu.org/licenses/>.
]]
--[[
    retouchiq - retouch photos by instruction

    A panel in lighttable (for the selection) and darkroom (for the open image). The instruction is turned into
    darktable's own module parameters, rendered, measured and applied as one undoable step. Nothing leaves the machine.

    ADDITIONAL SOFTWARE NEEDED FOR THIS SCRIPT
      * the retouchiq command (install.sh puts it and this script in place)
      * curl

    USAGE
      * require this script from your luarc: require "retouchiq/retouchiq"
      * type an instruction, press apply

    BUGS, COMMENTS, SUGGESTIONS
      * tell us what you typed, and what the panel or retouchiq.log in darktable's cache folder said
]]

local dt = require "darktable"

dt.configuration.check_version("retouchiq", { 9, 0, 0 })

local _ = require "retouchiq/translation"
local actions = require "retouchiq/actions"
local panel = require "retouchiq/panel"

local MODULE = "retouchiq"
local TITLE = _("RetouchIQ")
local ACTION = _("retouch by instruction")

local script_data = {}

script_data.metadata = {
  name = _("RetouchIQ"),
  purpose = _("retouch photos by instruction"),
  author = "The RetouchIQ authors",
  help = "docs/darktable.md of RetouchIQ",
}

script_data.destroy = nil -- function to destroy the script
script_data.destroy_method = nil -- set to hide, since libs can't be destroyed completely
script_data.restart = nil -- how to restart the script after it's been hidden
script_data.show = nil -- how to show it where it was hidden when darktable exited

local preferred = false

local function register_preferences()
  if preferred then return end
  preferred = true
  dt.preferences.register(MODULE, "command", "file", _("RetouchIQ: the retouchiq command"),
    _("where the retouchiq command is; empty: where the installer put it, else the one on PATH"), "")
  dt.preferences.register(MODULE, "recent", "integer", _("RetouchIQ: recent instructions"),
    _("how many instructions the panel remembers"), 12, 1, 50)
end

local installed = false

local function install()
  if installed then return end
  installed = true
  dt.register_lib(MODULE, TITLE, true, false, {
    [dt.gui.views.lighttable] = { "DT_UI_CONTAINER_PANEL_RIGHT_CENTER", 100 },
    [dt.gui.views.darkroom] = { "DT_UI_CONTAINER_PANEL_LEFT_CENTER", 100 },
  }, panel.build(actions.pressed), nil, nil)
  actions.start()
end

-- A lib can only be registered in lighttable; darktable may have been started elsewhere.
local function view_changed(event, old_view, new_view) -- luacheck: no unused args
  if new_view.id == "lighttable" then install() end
  if installed then actions.photo_changed() end
end

local EVENTS = {
  ["view-changed"] = view_changed,
  ["selection-changed"] = function() actions.photo_changed() end,
  ["darkroom-image-loaded"] = function() actions.photo_changed() end,
  exit = function() actions.stop() end,
}

local registered = false

local function retouch(images)
  if installed then actions.retouch(images) end
end

local function register()
  registered = true
  register_preferences()
  for event, handler in pairs(EVENTS) do dt.register_event(MODULE, event, handler) end
  dt.register_event(MODULE, "shortcut", function() retouch(dt.gui.action_images) end, ACTION)
  dt.gui.libs.image.register_action(MODULE, ACTION,
    function(event, images) retouch(images) end, -- luacheck: no unused args
    _("what the RetouchIQ panel says, done to these photos"))
end

local function unregister()
  registered = false
  for event in pairs(EVENTS) do dt.destroy_event(MODULE, event) end
  dt.destroy_event(MODULE, "shortcut")
  dt.gui.libs.image.destroy_action(MODULE)
end

-- Before darktable's main loop runs, a call for its window from another thread, as that of the luarc is, waits for
-- itself for good (seen on 4.2.1 under load). Nothing tells when the loop runs: it is given time.
local START = 1500 -- ms

local wanted = false

local function go()
  if registered or dt.control.ending then return end
  register()
  if installed then
    dt.gui.libs[MODULE].visible = true
    actions.start()
  elseif dt.gui.current_view().id == "lighttable" then
    install()
  end
end

local function begin()
  dt.control.sleep(START)
  if wanted then go() end
end

local function destroy()
  wanted = false
  if not registered then return end
  actions.stop()
  unregister()
  if installed then dt.gui.libs[MODULE].visible = false end
end

local function restart()
  wanted = true
  go()
end

local function show()
  if installed then dt.gui.libs[MODULE].visible = true end
end

-- darktable-cli runs the luarc too, without a window.
if dt.configuration.has_gui then
  wanted = true
  dt.control.dispatch(begin)
end

script_data.destroy = destroy
script_data.destroy_method = "hide"
script_data.restart = restart
script_data.show = show

return script_data
