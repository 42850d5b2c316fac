-- What leads from one edit of a photo to another, as a darktable style: the way that works while the photo is open in
-- the darkroom, at once and as one step of darktable's undo. A style cannot bring drawn masks.

local sidecars = require "retouchiq/sidecars"

local restyle = {}

local OURS = "retouchiq"

local PLUGIN = [[
<plugin><num>%d</num><module>%s</module><operation>%s</operation><op_params>%s</op_params><enabled>%s</enabled>%s]]
  .. [[<multi_priority>%s</multi_priority><multi_name>%s</multi_name>%s</plugin>]]

local BLENDING = "<blendop_params>%s</blendop_params><blendop_version>%s</blendop_version>"
local BY_HAND = "<multi_name_hand_edited>%s</multi_name_hand_edited>"

local STYLE = [[<?xml version="1.0" encoding="UTF-8"?>
<darktable_style version="1.0"><info><name>%s</name><description></description></info>
<style>%s</style></darktable_style>
]]

local function plugin(number, step, enabled)
  local blending = step.blendop_params and BLENDING:format(step.blendop_params, step.blendop_version) or ""
  local by_hand = step.multi_name_hand_edited and BY_HAND:format(step.multi_name_hand_edited) or ""
  return PLUGIN:format(number, step.modversion, step.operation, step.params, enabled, blending, step.multi_priority,
    step.multi_name or "", by_hand)
end

-- The text of a style of that name which leads from the sidecar text is to the sidecar text wanted, nil where none can.
function restyle.between(name, is, wanted)
  local forms = sidecars.forms(is)
  for identity, form in pairs(sidecars.forms(wanted)) do
    if forms[identity] ~= form then return nil end
  end
  local old, new, plugins = sidecars.in_effect(is), sidecars.in_effect(wanted), {}
  for key, step in pairs(new) do
    if not old[key] or not sidecars.same_step(old[key], step) then
      plugins[#plugins + 1] = plugin(#plugins, step, step.enabled)
    end
  end
  for key, step in pairs(old) do
    if not new[key] and step.multi_name == OURS then plugins[#plugins + 1] = plugin(#plugins, step, "0") end
  end
  return restyle.style(name, table.concat(plugins))
end

-- A style of that name with those plugins. Without any it changes nothing, but applying it makes an undoable step.
function restyle.style(name, plugins)
  return STYLE:format(name, plugins or "")
end

return restyle
