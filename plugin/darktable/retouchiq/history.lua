-- A photo's edit in darktable: reading what it is now, putting another in its place as one undoable step, taking that
-- back, and looking at before and after. Rating, labels, tags and texts stay; the photo file is never written.
--
-- darktable 5.2 and later (Lua API 9.5) load a sidecar into a photo of the library. Before that, an empty style makes
-- the undoable step and reread.lua brings the history. Neither works on the photo that is open in the darkroom: a style
-- brings what it can (restyle.lua), and for the rest the darkroom shows another photo meanwhile (aside.lua).

local dt = require "darktable"

local aside = require "retouchiq/aside"
local reread = require "retouchiq/reread"
local restyle = require "retouchiq/restyle"
local shell = require "retouchiq/shell"
local sidecars = require "retouchiq/sidecars"
local _ = require "retouchiq/translation"

local history = {}

local version = dt.configuration.api_version_major * 100 + dt.configuration.api_version_minor
local LOADS_SIDECARS = version >= 905

local TRIES = 3
local SETTLING = 300 -- ms, in which a thumbnail is under way
local SLOWER = { SETTLING, 1500, 4000 } -- and on a machine that is busy

local count = 0 -- of names given

-- What undo and compare need, for every photo we edited: it outlives a restart of darktable.
local KEPT = dt.configuration.config_dir .. shell.SEPARATOR .. "retouchiq"

-- What this darktable lets us do: route "sidecar" or "reread".
function history.capabilities()
  return { route = LOADS_SIDECARS and "sidecar" or "reread" }
end

local function number()
  count = count + 1
  return count
end

-- A sidecar with all that the library knows of image, also what was not written beside the photo yet: its path, or nil
-- and why not. The "copy" format is the one way that asks no preference of the user's and renders nothing.
function history.state(image, folder)
  aside.is_open(image) -- has darktable write what was done in the darkroom
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

-- Whether image still has the history it had when base was made by history.state.
function history.unchanged(image, base, folder)
  local was = shell.read(base)
  local now = history.state(image, folder)
  return now ~= nil and sidecars.same_edit(was, shell.read(now))
end

local function style_named(name)
  for index = 1, #dt.styles do
    if dt.styles[index].name == name then return dt.styles[index] end
  end
end

local function forget(style, image)
  for _, tag in ipairs(dt.tags.get_tags(image)) do
    if tag.name == "darktable|style|" .. style.name then dt.tags.delete(tag) end
  end
  dt.styles.delete(style)
end

-- Importing a style of a name that is there does nothing: each has its own.
local function new_name()
  return string.format("RetouchIQ %d.%d", os.time(), number())
end

-- Calls use with a new style that has this text, and removes it.
local function with_style(name, text, image, use)
  local path = shell.file(".dtstyle")
  shell.write(path, text)
  dt.styles.import(path)
  os.remove(path)
  local style = style_named(name)
  if not style then return false, _("darktable takes no new style.") end
  local answers = table.pack(pcall(use, style))
  forget(style, image)
  return table.unpack(answers, 2, answers.n)
end

local function state_of(image)
  return history.state(image, shell.folder())
end

-- Reading a sidecar again by importing changes no thumbnail. One that is being made meanwhile shows the old edit:
-- it is given the time to be there. Of what a script can do, only this switch has darktable draw thumbnails anew.
local function renew_thumbnail(image)
  for _, pause in ipairs(SLOWER) do
    dt.control.sleep(pause)
    image:drop_cache()
    if dt.gui.current_view().id == "darkroom" then return end -- draws its own
    for _ = 1, 2 do dt.gui.action("global/toggle focus peaking", 0, "", "", 1.0) end
  end
end

local function load_by_rereading(image, path)
  local name = new_name()
  return with_style(name, restyle.style(name), image, function(step)
    image:apply_style(step)
    local read, why = reread.load(image, image.duplicate_index, path, state_of)
    dt.control.dispatch(renew_thumbnail, image)
    return read, why
  end)
end

local function load_by_call(image, path)
  local loaded = image:apply_sidecar(path)
  -- setting anything writes the sidecar beside the photo if the user wants one; loading one does not
  image.rating = image.rating
  return loaded, string.format(_("darktable could not read %s."), path)
end

-- The photo's own sidecar with the edit of the one at path in it: darktable takes rating and tags from a sidecar too.
local function grafted(image, path)
  local state, why = state_of(image)
  if not state then return nil, why end
  shell.write(state, sidecars.graft(shell.read(state), shell.read(path)))
  return state
end

local NOT_KEPT = _("darktable did not keep the edit: try again.")

-- Where darktable makes a thumbnail of the photo at that moment, what it writes then can win: so it is done again.
local function load_into_library(image, path, wait)
  for _ = 1, TRIES do
    local merged, why = grafted(image, path)
    if not merged then return false, why end
    if aside.is_open(image) then return false, NOT_KEPT end
    local loaded
    loaded, why = (LOADS_SIDECARS and load_by_call or load_by_rereading)(image, merged)
    if not loaded then return false, why end
    dt.control.sleep(wait or 0)
    if history.unchanged(image, path, shell.folder()) then return true end
  end
  return false, NOT_KEPT
end

local POINTED = _("Move the mouse off the other photos and try again: nothing was changed.")

-- The open photo has a history in the darkroom. Making that read another one from here stops darktable for good (5.4.1
-- locks the photo twice) or ends it (4.2.1 builds its modules' widgets in a thread that may not); so can leaving the
-- darkroom for that moment. What a style brings goes in at once; for the rest the darkroom shows another photo.
-- The menu's action records a step for the darkroom's undo. It acts on the photo under the mouse if there is one.
local function load_into_open(image, path)
  local name, pointed = new_name(), dt.gui.hovered
  local text = restyle.between(name, shell.read(state_of(image)), shell.read(path))
  if not text then
    return aside.during(image, function() return load_into_library(image, path, SETTLING) end)
  end
  if pointed and pointed.id ~= image.id then return false, POINTED end
  return with_style(name, text, image, function(style)
    dt.gui.action("global/styles/" .. style.name, 0, "", "", 1.0)
    return true
  end)
end

local function load(image, path)
  return (aside.is_open(image) and load_into_open or load_into_library)(image, path)
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
  for _, what in ipairs({ ... }) do os.remove(kept(image, what)) end
end

-- Notes that image shows "before" or "after", and with what history exactly.
local function note(image, shown)
  drop(image, "shows before", "shows after")
  keep(image, "shows " .. shown, state_of(image))
end

local LOOKS = { { "shows after", "after" }, { "shows before", "before" }, { "after", "after" }, { "before", "before" } }
local EDITED_SINCE = _("The photo was edited since: use darktable's own undo or its history, nothing was changed.")
local NOT_OURS = _("RetouchIQ has not edited this photo.")

local function shown_now(image)
  for _, look in ipairs(LOOKS) do
    local there = is_kept(image, look[1])
    if there and history.unchanged(image, kept(image, look[1]), shell.folder()) then return look[2] end
  end
end

-- Which of "before" and "after" image shows: nil and why where it is neither. While darktable makes a thumbnail, what
-- it says of a photo's history can be in between: so it is asked again before the user is.
local function shown(image)
  if not (is_kept(image, "before") or is_kept(image, "after")) then return nil, NOT_OURS end
  local found = shown_now(image)
  if found then return found end
  dt.control.sleep(SETTLING)
  found = shown_now(image)
  return found, EDITED_SINCE
end

-- what the panel calls -----------------------------------------------------------------------------------------------

local function duplicate_by_rereading(image, path)
  local free = 0
  for each in pairs(reread.versions(image)) do free = math.max(free, each + 1) end
  local merged, why = grafted(image, path)
  if not merged then return nil, why end
  local read
  read, why = reread.load(image, free, merged, state_of)
  if not read then return nil, why end
  return reread.versions(image)[free], _("darktable made no duplicate.")
end

local function duplicate_by_call(image, path)
  local copy = image:duplicate_with_history()
  local loaded, why = load_into_library(copy, path, SETTLING)
  if loaded then return copy end
  copy:delete()
  return nil, why
end

local function duplicate(image, path)
  return (LOADS_SIDECARS and duplicate_by_call or duplicate_by_rereading)(image, path)
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
  if not options.duplicate then keep(image, "before", before) end
  local edited
  edited, why = (options.duplicate and duplicate or replace)(image, files.sidecar)
  if not edited then return nil, why end
  if options.duplicate then keep(edited, "before", before) end
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
