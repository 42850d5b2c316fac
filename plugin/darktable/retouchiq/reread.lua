-- darktable before 5.2 (Lua API before 9.5) has no call to load a sidecar into a photo of the library. But importing a
-- photo that is there already makes it read the sidecars beside that photo again, all of them, whole histories with
-- drawn masks. So a sidecar is laid beside the photo for that moment. What it takes to do no harm:
--   * every version of the photo gets read, so each must have a sidecar there, with what the library knows of it;
--   * a sidecar there that the library does not know would become a new photo: then nothing is done;
--   * where the user wants no sidecars written, those that were there come back as they were, the others go.

local dt = require "darktable"

local shell = require "retouchiq/shell"
local _ = require "retouchiq/translation"

local reread = {}

local MOST_VERSIONS = 999

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

-- The sidecar of one version of a photo: image.ext.xmp, image_01.ext.xmp …
function reread.sidecar(image, version)
  local base, ending = image.filename:match("^(.*)(%.[^.]*)$")
  local number = version == 0 and "" or string.format("_%02d", version)
  return image.path .. shell.SEPARATOR .. base .. number .. ending .. ".xmp"
end

-- All versions of the photo that the library has, by number.
function reread.versions(image)
  local found = {}
  local film = image.film
  for index = 1, #film do
    local other = film[index]
    if other.filename == image.filename then found[other.duplicate_index] = other end
  end
  return found
end

local function unknown_sidecar(image, versions)
  for number = 0, MOST_VERSIONS do
    local path = reread.sidecar(image, number)
    if not versions[number] and exists(path) then return path end
  end
end

-- Makes text the content of path: killed at any moment, the path holds the old text or the new. (Windows does not
-- rename onto a file that is there.)
local function replace(path, text)
  local new = path .. ".retouchiq"
  shell.write(new, text)
  if os.rename(new, path) then return end
  os.remove(path)
  assert(os.rename(new, path))
end

-- Puts text at path; what undoes that.
local function lay(path, text)
  local before = exists(path) and shell.read(path)
  replace(path, text)
  return function()
    if before then replace(path, before) else os.remove(path) end
  end
end

-- Why no sidecar of the photo may be written for a moment, nil if it may.
function reread.why_not(image)
  if image.local_copy then return _("A photo with a local copy cannot be edited here: remove the copy first.") end
  local stray = unknown_sidecar(image, reread.versions(image))
  if stray then return string.format(_("%s belongs to no photo in the library: import or remove it."), stray) end
end

local function read_all(image, texts)
  local take_back = {}
  local laid, wrong = pcall(function()
    for number, text in pairs(texts) do take_back[number] = lay(reread.sidecar(image, number), text) end
  end)
  local read = laid and pcall(dt.database.import, image.path .. shell.SEPARATOR .. image.filename)
  return read, wrong, take_back
end

-- Gives version number of the photo the history (and the rest) of the sidecar at path; a number that is not there yet
-- becomes a new duplicate. state answers the path of a file with the current sidecar of a version.
-- True, or false and why.
function reread.load(image, number, path, state)
  local versions = reread.versions(image)
  local reason = reread.why_not(image)
  if reason then return false, reason end
  local texts = {}
  for each, version in pairs(versions) do texts[each] = shell.read(state(version)) end
  texts[number] = shell.read(path)
  local selection = dt.gui.selection()
  local read, wrong, take_back = read_all(image, texts)
  dt.gui.selection(selection)
  local never = dt.preferences.read("darktable", "write_sidecar_files", "string") == "never"
  for _, back in pairs(take_back) do
    if never or not read then back() end
  end
  return read, wrong
end

return reread
