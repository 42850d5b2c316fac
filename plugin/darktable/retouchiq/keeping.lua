-- What a photo has besides its history: rating, colour labels, tags and texts. A sidecar that darktable reads brings
-- its own; keeping.through puts the photo's back.

local dt = require "darktable"

local keeping = {}

local FIELDS = {
  "rating", "red", "yellow", "green", "blue", "purple",
  "title", "description", "creator", "publisher", "rights", "notes",
  "latitude", "longitude", "elevation",
}

-- darktable's own tags say what happened to a photo ("darktable|changed"): they are not the user's to keep.
local function tags(image)
  local found = {}
  for _, tag in ipairs(dt.tags.get_tags(image)) do
    if not tag.name:find("^darktable|") then found[tag.name] = tag end
  end
  return found
end

local function fields(image)
  local found = {}
  for _, name in ipairs(FIELDS) do
    local known, value = pcall(function() return image[name] end)
    if known then found[name] = value end
  end
  return found
end

local function restore_tags(image, before)
  local now = tags(image)
  for name, tag in pairs(now) do
    if not before[name] then dt.tags.detach(tag, image) end
  end
  for name, tag in pairs(before) do
    if not now[name] then dt.tags.attach(tag, image) end
  end
end

local function restore_fields(image, before)
  local now = fields(image)
  for name, value in pairs(before) do
    -- a place that is not set reads as NaN, which equals nothing
    if now[name] ~= value and value == value then image[name] = value end
  end
end

-- Calls change, which may have darktable read a sidecar for image, and answers what it answers.
function keeping.through(image, change)
  local were_tags, were_fields = tags(image), fields(image)
  local answers = table.pack(change())
  restore_tags(image, were_tags)
  restore_fields(image, were_fields)
  return table.unpack(answers, 1, answers.n)
end

return keeping
