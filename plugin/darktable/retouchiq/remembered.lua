-- Short lists of texts that survive a restart of darktable: each entry a preference of its own, as a line of
-- darktablerc holds about a thousand bytes.

local dt = require "darktable"

local remembered = {}

local LONGEST = 900 -- bytes of an entry; longer ones are not remembered

local function key(list, index)
  return list .. "_" .. index
end

-- The entries of list, first to last.
function remembered.read(list)
  local entries = {}
  while true do
    local entry = dt.preferences.read("retouchiq", key(list, #entries + 1), "string")
    if not entry or entry == "" then return entries end
    entries[#entries + 1] = entry
  end
end

-- Makes entries the list, at most limit of them.
function remembered.write(list, entries, limit)
  local kept = 0
  for index = 1, #entries do
    if kept < limit and #entries[index] <= LONGEST then
      kept = kept + 1
      dt.preferences.write("retouchiq", key(list, kept), "string", entries[index])
    end
  end
  dt.preferences.write("retouchiq", key(list, kept + 1), "string", "")
end

-- Puts entry in front of list; it is there once.
function remembered.add(list, entry, limit)
  local entries, before = { entry }, remembered.read(list)
  for index = 1, #before do
    if before[index] ~= entry then entries[#entries + 1] = before[index] end
  end
  remembered.write(list, entries, limit)
end

return remembered
