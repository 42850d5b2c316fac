-- What the panel's choices are in the server's words.

local json = require "retouchiq/json"
local shell = require "retouchiq/shell"

local request = {}

local VARIANTS = 3

-- The photo's file. Its duplicates share it: they differ in the base that is sent with it.
function request.file(image)
  return image.path .. shell.SEPARATOR .. image.filename
end

-- Body of POST /v1/edits. base: a file with the photo's current history.
function request.edit(image, base, choices)
  return {
    image = request.file(image),
    base = base,
    instruction = choices.instruction,
    look = choices.look,
    strength = choices.strength,
    variants = choices.variants and VARIANTS or 1,
  }
end

-- Body of POST /v1/batches. photos: a list of {image, base}.
function request.batch(photos, choices)
  local sent = json.array()
  for index, photo in ipairs(photos) do
    sent[index] = { image = request.file(photo.image), base = photo.base }
  end
  return { photos = sent, instruction = choices.instruction, look = choices.look, strength = choices.strength }
end

return request
