-- A photo's edit in darktable: reading what it is now, putting another in its place as one undoable step, taking that
-- back, and looking at before and after. Rating, labels, tags and texts stay; the photo file is never written.
--
-- darktable 5.2 and later (Lua API 9.5) load a sidecar into a photo. Before that, a style makes the undoable step and
-- shows it at once, and reread.lua brings the rest: drawn masks, and exactly the history that was asked for.

local dt = require "darktable"

local keeping = require "retouchiq/keeping"
local reread = require "retouchiq/reread"
local shell = require "retouchiq/shell"
local _ = require "retouchiq/translation"

local history = {}

local version = dt.configuration.api_version_major * 100 + dt.configuration.api_version_minor
local LOADS_SIDECARS = version >= 905

local count = 0 -- of names given

-- What undo and compare need, for every photo we edited: it outlives a restart of darktable.
local KEPT = dt.configuration.config_dir .. shell.SEPARATOR .. "retouchiq"

-- A style that changes nothing: applying it makes darktable record a step and read the history again from its library.
local STEP = [[<?xml version="1.0" encoding="UTF-8"?>
<darktable_style version="1.0"><info><name>%s</name><description></description></info><style></style></darktable_style>
]]

-- What this darktable lets us do: route "sidecar" or "reread".
function history.capabilities()
  return { route = LOADS_SIDECARS and "sidecar" or "reread" }
end

local function number()
  count = count + 1
  return count
end

local function is_open(image)
  if dt.gui.current_view().id ~= "darkroom" then return false end
  -- also has darktable write what was done in the darkroom into its library
  local open = dt.gui.views.darkroom.display_image()
  return open ~= nil and open.id == image.id
end

-- A sidecar with all that the library knows of image, also what was not written beside the photo yet: its path, or nil
-- and why not. The "copy" format is the one way that asks no preference of the user's and renders nothing.
function history.state(image, folder)
  is_open(image)
  local stem = string.format("%s%sstate-%d-%d", folder, shell.SEPARATOR, image.id, number())
  local ending = image.filename:match("[^.]*$")
  dt.new_format("copy"):write_image(image, stem .. ".", false)
  os.remove(stem .. "." .. ending)
  local path = stem .. ".xmp"
  if not os.rename(stem .. "." .. ending .. ".xmp", path) then
    return nil, string.format(_("%s cannot be read: is the photo still there?"), tostring(image))
  end
  return path
end

local PARTS = { 'darktable:history_end="%d+"', "<darktable:masks_history>.*</darktable:masks_history>",
  "<darktable:history>.*</darktable:history>" }

local function edit_of(path)
  local text, parts = shell.read(path), {}
  for index, pattern in ipairs(PARTS) do parts[index] = text:match(pattern) or "" end
  return table.concat(parts)
end

-- Whether image still has the history it had when base was made by history.state.
function history.unchanged(image, base, folder)
  local was = edit_of(base)
  local now = history.state(image, folder)
  return now ~= nil and edit_of(now) == was
end

local function style_named(name)
  for index = 1, #dt.styles do
    if dt.styles[index].name == name then return dt.styles[index] end
  end
end

local function forget(style, image)
  for _index, tag in ipairs(dt.tags.get_tags(image)) do
    if tag.name == "darktable|style|" .. style.name then dt.tags.delete(tag) end
  end
  dt.styles.delete(style)
end

-- Calls use with a style of a new name (importing a name that is there does nothing) and removes it.
local function with_step(image, use)
  local name = string.format("RetouchIQ %d.%d", os.time(), number())
  local path = shell.file(".dtstyle")
  shell.write(path, STEP:format(name))
  dt.styles.import(path)
  os.remove(path)
  local style = style_named(name)
  if not style then return false, _("darktable takes no new style.") end
  local answers = table.pack(pcall(use, style))
  forget(style, image)
  return table.unpack(answers, 2, answers.n)
end

-- In the darkroom the step goes through the menu action, which records it for undo there. That acts on the photo under
-- the mouse if there is one.
local function record(step, image, open)
  local pointed = dt.gui.hovered
  if open and (not pointed or pointed.id == image.id) then
    dt.gui.action("global/styles/" .. step.name, 0, "", "", 1.0)
  else
    image:apply_style(step)
  end
end

local function state_of(image)
  return history.state(image, shell.folder())
end

local function load_by_rereading(image, path)
  local open = is_open(image)
  return with_step(image, function(step)
    record(step, image, open)
    local read, why = reread.load(image, image.duplicate_index, path, state_of)
    -- the library has the history now, the darkroom does not yet
    if open and read then image:apply_style(step) end
    image:drop_cache()
    return read, why
  end)
end

local function load_sidecar(image, path)
  is_open(image)
  local loaded = image:apply_sidecar(path)
  -- setting anything writes the sidecar beside the photo if the user wants one; loading one does not
  image.rating = image.rating
  return loaded, string.format(_("darktable could not read %s."), path)
end

local function load(image, path)
  return keeping.through(image, function()
    return (LOADS_SIDECARS and load_sidecar or load_by_rereading)(image, path)
  end)
end

-- kept files ---------------------------------------------------------------------------------------------------------

local function kept(image, what)
  return string.format("%s%s%d %s %s.xmp", KEPT, shell.SEPARATOR, image.id, image.filename, what)
end

local function keep(image, what, path)
  if not pcall(shell.write, kept(image, what), shell.read(path)) then
    dt.control.execute("mkdir " .. shell.quote(KEPT))
    shell.write(kept(image, what), shell.read(path))
  end
end

local function is_kept(image, what)
  return shell.read(kept(image, what)) ~= ""
end

local function drop(image, ...)
  for _index, what in ipairs({ ... }) do os.remove(kept(image, what)) end
end

-- Notes that image shows "before" or "after", and with what history exactly.
local function note(image, shown)
  drop(image, "shows before", "shows after")
  keep(image, "shows " .. shown, state_of(image))
end

-- Which of "before" and "after" image shows: nil and why where it is neither.
local function shown(image)
  for _index, which in ipairs({ "after", "before" }) do
    if is_kept(image, "shows " .. which) then
      if history.unchanged(image, kept(image, "shows " .. which), shell.folder()) then return which end
      return nil, _("The photo was edited since: use darktable's own undo or its history, nothing was changed.")
    end
  end
  return nil, _("RetouchIQ has not edited this photo.")
end

-- what the panel calls -------------------------------------------------------------------------------------------------

local function duplicate_by_rereading(image, path)
  local free = 0
  for each in pairs(reread.versions(image)) do free = math.max(free, each + 1) end
  local read, why = reread.load(image, free, path, state_of)
  if not read then return nil, why end
  return reread.versions(image)[free], _("darktable made no duplicate.")
end

local function duplicate(image, path)
  is_open(image)
  if not LOADS_SIDECARS then return duplicate_by_rereading(image, path) end
  local copy = image:duplicate()
  local loaded, why = load(copy, path)
  if loaded then return copy end
  copy:delete()
  return nil, why
end

local function replace(image, path)
  local loaded, why = load(image, path)
  if loaded then return image end
  return nil, why
end

-- Puts the sidecar files.sidecar in place of image's edit, or of a new duplicate's with options.duplicate. The photo
-- that has the edit now, or nil and why not: then nothing was changed.
function history.apply(image, files, options)
  local before, why = state_of(image)
  if not before then return nil, why end
  local was = shell.read(before)
  if not options.duplicate then keep(image, "before", before) end
  local edited
  edited, why = (options.duplicate and duplicate or replace)(image, files.sidecar)
  if not edited then return nil, why end
  if options.duplicate then
    shell.write(before, was)
    keep(edited, "before", before)
  end
  keep(edited, "after", state_of(edited))
  note(edited, "after")
  return edited
end

-- Puts back what was before the last apply. True, or false and why not.
function history.undo(image)
  local which, why = shown(image)
  if not which then return false, why end
  if which == "after" then
    local loaded
    loaded, why = load(image, kept(image, "before"))
    if not loaded then return false, why end
  end
  drop(image, "before", "after", "shows before", "shows after")
  return true
end

-- Shows the photo without our edit, and with it again at the next call. True, or false and why not.
function history.compare(image)
  local which, why = shown(image)
  if not which then return false, why end
  local other = which == "after" and "before" or "after"
  local loaded
  loaded, why = load(image, kept(image, other))
  if not loaded then return false, why end
  note(image, other)
  return true
end

return history
