-- Changing the photo that is open in the darkroom while the darkroom shows another one, as a click in the filmstrip
-- would have it: a duplicate of the photo, removed afterwards. The user's other photos are not touched for it, and the
-- darkroom is not left.

local dt = require "darktable"

local reread = require "retouchiq/reread"
local _ = require "retouchiq/translation"

local aside = {}

local PAUSE = 50 -- ms
local PATIENCE = 600 -- pauses: darktable does not change photos while it works on one
local FORGETS = dt.configuration.api_version_major * 100 + dt.configuration.api_version_minor < 905
local REPEATED = FORGETS and 4 or PATIENCE + 1
local BUSY = _("darktable is still at work on the photo: try again when it is drawn.")

-- Whether the darkroom shows image. Also has darktable write what was done in the darkroom into its library.
function aside.is_open(image)
  if dt.gui.current_view().id ~= "darkroom" then return false end
  local open = dt.gui.views.darkroom.display_image()
  return open ~= nil and open.id == image.id
end

-- Has the darkroom change from one image to another: true once it no longer shows the first, which it may also do
-- because the user chose a third. Before darktable 5.2 the wish is lost while it is busy, so it is repeated; after that
-- it waits its turn. Outside the darkroom it must not be uttered.
local function change(from, to)
  for pause = 0, PATIENCE do
    if not aside.is_open(from) then return true end
    if pause % REPEATED == 0 then dt.gui.views.darkroom.display_image(to) end
    dt.control.sleep(PAUSE)
  end
  return false
end

-- Removing what the darkroom shows would end darktable.
local function remove(stand_in, image)
  while not change(stand_in, image) do
    if dt.control.ending then return end
  end
  local sidecar = reread.sidecar(stand_in, stand_in.duplicate_index)
  stand_in:delete()
  os.remove(sidecar)
  image.rating = image.rating -- setting anything has darktable look through its collection again; deleting does not
end

-- Calls doing, which answers true or false and why not, while image is not open. Answers the same.
function aside.during(image, doing)
  local reason = reread.why_not(image)
  if reason then return false, reason end
  local selection, stand_in = dt.gui.selection(), image:duplicate()
  local answers = { true, false, BUSY }
  if change(image, stand_in) then answers = { pcall(doing) } end
  remove(stand_in, image)
  dt.gui.selection(selection)
  if not answers[1] then return false, tostring(answers[2]) end
  return answers[2], answers[3]
end

return aside
