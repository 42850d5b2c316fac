-- What is in a sidecar that darktable wrote, as far as comparing two edits needs it. Every function takes its text.

local sidecars = {}

local function fields(element)
  local found = {}
  for name, value in element:gmatch('darktable:([%w_]+)="([^"]*)"') do found[name] = value end
  return found
end

-- All steps of the history, oldest first, as tables of text: operation, multi_name, multi_priority, enabled, params …
function sidecars.steps(text)
  local found = {}
  for element in (text:match("<darktable:history>(.*)</darktable:history>") or ""):gmatch("<rdf:li(.-)/>") do
    found[#found + 1] = fields(element)
  end
  return found
end

local function history_end(text)
  return tonumber(text:match('darktable:history_end="(%d+)"')) or math.huge
end

-- The last step of each module instance, of those not undone.
function sidecars.in_effect(text)
  local found = {}
  for index, step in ipairs(sidecars.steps(text)) do
    if index <= history_end(text) then found[step.operation .. " " .. (step.multi_priority or "0")] = step end
  end
  return found
end

-- The drawn forms as last changed: what each is like, by identity.
function sidecars.forms(text)
  local found = {}
  local masks = text:match("<darktable:masks_history>(.*)</darktable:masks_history>") or ""
  for element in masks:gmatch("<rdf:li(.-)/>") do
    local form = fields(element)
    found[form.mask_id] = form.mask_version .. " " .. form.mask_points
  end
  return found
end

-- Parameters are compared where they are written in the same version: darktable brings what it reads to its newest.
local WRITTEN = { params = "modversion", blendop_params = "blendop_version" }

function sidecars.same_step(one, other)
  for _, name in ipairs({ "operation", "multi_name", "multi_priority", "enabled" }) do
    if one[name] ~= other[name] then return false end
  end
  for name, version in pairs(WRITTEN) do
    local comparable = one[version] and one[version] == other[version]
    if comparable and one[name] ~= other[name] then return false end
  end
  return true
end

-- Steps that every photo gets. (With others darktable tells its own first edit from the user's by the hashes below.)
local ALWAYS = { colorin = true, colorout = true, gamma = true, rawprepare = true, demosaic = true }
local AS_SHOT = "ffffffff" -- how flip says so

local function bare(text)
  for _, step in ipairs(sidecars.steps(text)) do
    local upright = step.operation == "flip" and step.params == AS_SHOT
    if not (ALWAYS[step.operation] or upright) then return false end
  end
  return true
end

-- No edit of the user's in it: nothing, or what darktable itself gives a photo when it first shows it.
local function untouched(text)
  if history_end(text) == 0 or bare(text) then return true end
  local hashes = {}
  for _, name in ipairs({ "basic", "auto", "current" }) do
    hashes[name] = text:match("darktable:history_" .. name .. '_hash="(%x+)"')
  end
  return hashes.current ~= nil and (hashes.current == hashes.basic or hashes.current == hashes.auto)
end

local function all_in(some, others)
  for key, step in pairs(some) do
    if not (others[key] and sidecars.same_step(step, others[key])) then return false end
  end
  return true
end

-- Whether two sidecars of one photo hold the same edit: what is in effect, not the steps that led there. darktable
-- itself puts steps in front that change nothing: its threads share one scratch table while they read histories.
function sidecars.same_edit(one, other)
  if untouched(one) and untouched(other) then return true end
  local ours, theirs = sidecars.in_effect(one), sidecars.in_effect(other)
  return all_in(ours, theirs) and all_in(theirs, ours)
end

-- What says how a photo is edited; all else in a sidecar is about the photo.
local PROPERTIES = {
  "xmp_version", "raw_params", "auto_presets_applied", "history_end", "iop_order_version", "iop_order_list",
  "history_basic_hash", "history_auto_hash", "history_current_hash",
}
local LISTS = { "masks_history", "history" }

local function property(text, name)
  return text:match("darktable:" .. name .. '="[^"]*"')
end

local function list(text, name)
  return text:match("<darktable:" .. name .. ">.*</darktable:" .. name .. ">") or ""
end

-- darktable tells an edited photo by this hash being another one than those of its own first edit, and works it out
-- anew at the next change. The server leaves it out.
local function hash(other)
  if property(other, "history_current_hash") or #sidecars.steps(other) == 0 then return nil end
  return ('darktable:history_current_hash="%016x%016x"'):format(os.time(), #other)
end

-- The sidecar text with the edit of another one in it, and rating, tags and everything else its own.
function sidecars.graft(text, other)
  local properties = { hash(other) }
  for _, name in ipairs(PROPERTIES) do
    text = text:gsub("%s*darktable:" .. name .. '="[^"]*"', "")
    properties[#properties + 1] = property(other, name)
  end
  for _, name in ipairs(LISTS) do
    text = text:gsub("<darktable:" .. name .. ">.*</darktable:" .. name .. ">", function() return list(other, name) end)
  end
  local head = 'rdf:about=""\n   ' .. table.concat(properties, "\n   ")
  return (text:gsub('rdf:about=""', function() return head end, 1))
end

return sidecars
