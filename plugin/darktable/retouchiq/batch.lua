-- A selection as one job: each photo is applied as soon as its edit is verified, and one that fails costs only itself.

local dt = require "darktable"
local client = require "retouchiq/client"
local follow = require "retouchiq/follow"
local history = require "retouchiq/history"
local json = require "retouchiq/json"
local request = require "retouchiq/request"
local retouch = require "retouchiq/retouch"
local shell = require "retouchiq/shell"
local _ = require "retouchiq/translation"

local batch = {}

local PREPARING = 0.1 -- of the progress bar
local MOST_LINES = 10 -- in the panel; the log has them all
local NOT_REACHED = _("not reached")

local function settled(photo, kind, says)
  photo.kind, photo.says = kind, says
end

-- Reads what each photo is now, one after the other; a photo that darktable cannot export is settled as failed.
local function prepare(photos, watch)
  local ready = {}
  for index, photo in ipairs(photos) do
    if follow.stopped(watch) then return ready end
    watch.says(string.format(_("reading photo %d of %d"), index, #photos), PREPARING * index / #photos)
    local base, says = history.state(photo.image, shell.folder())
    photo.base = base
    if base then ready[#ready + 1] = photo else settled(photo, "failed", says) end
    dt.control.sleep(1) -- lets the window draw between two exports
  end
  return ready
end

-- What a batch tells of a photo, in the form of an edit: shorter, but enough to explain it.
local function as_edit(answer)
  local plan = { reasoning = answer.did, notes = answer.notes }
  return { result = { plan = plan, verdict = {}, files = answer.files } }
end

local function put(photo, answer, duplicate)
  local scores = retouch.scores(answer)
  local outcome = retouch.put(photo.image, photo.base, answer.files, duplicate)
  photo.record, photo.edit = outcome.record, as_edit(answer)
  settled(photo, outcome.kind, outcome.says or scores)
end

local SETTLE = {
  edited = put,
  unchanged = function(photo, answer)
    photo.edit = as_edit(answer)
    settled(photo, "unchanged", string.format(_("no try was better than the photo as it is (%.1f)"), answer.baseline))
  end,
  failed = function(photo, answer)
    local fault = json.value(answer.error)
    settled(photo, "failed", type(fault) == "table" and fault.message or fault or _("failed"))
  end,
}

local function count_settled(photos)
  local count = 0
  for index = 1, #photos do count = count + (photos[index].kind and 1 or 0) end
  return count
end

-- Settles the photos the server is done with since the last look. A photo that cannot be applied is one that failed.
local function take(sent, answers, choices, watch)
  for index, answer in ipairs(answers) do
    local photo, settle = sent[index], SETTLE[answer.state]
    if settle and not photo.kind and not follow.stopped(watch) then
      local fine, wrong = pcall(settle, photo, answer, choices.duplicate)
      if not fine then settled(photo, "failed", wrong) end
    end
  end
  local done = count_settled(sent)
  watch.says(string.format(_("%d of %d photos"), done, #sent), PREPARING + (1 - PREPARING) * done / #sent)
end

-- The sentence where the job as a whole came to nothing, else nil.
local function carry_out(sent, choices, watch)
  local accepted, fault = client.request("POST", "/v1/batches", request.batch(sent, choices))
  if not accepted then return fault.says end
  local answer, lost = follow.job("/v1/batches/" .. accepted.id, watch, function(seen)
    take(sent, seen.photos, choices, watch)
  end)
  if not answer then return lost.says end
  return answer.state == "failed" and answer.error.message or nil
end

-- Retouches images with choices. Answers a list of {image, kind, says, record?, edit?} in their order; kind is edited,
-- unchanged, changed, failed or cancelled.
function batch.run(images, choices, watch)
  local photos = {}
  for index, image in ipairs(images) do photos[index] = { image = image } end
  local sent = prepare(photos, watch)
  local wrong
  if #sent > 0 and not follow.stopped(watch) then wrong = carry_out(sent, choices, watch) end
  for index = 1, #photos do
    local photo = photos[index]
    if not photo.kind then settled(photo, wrong and "failed" or "cancelled", wrong or NOT_REACHED) end
  end
  return photos
end

local KINDS = {
  { "edited", _("%d retouched") },
  { "unchanged", _("%d better as they are") },
  { "changed", _("%d edited by you meanwhile and left alone") },
  { "failed", _("%d failed") },
  { "cancelled", _("%d not reached") },
}

-- One line with how many photos ended how.
function batch.summary(photos)
  local counts, parts = {}, {}
  for index = 1, #photos do counts[photos[index].kind] = (counts[photos[index].kind] or 0) + 1 end
  for index = 1, #KINDS do
    local kind, text = KINDS[index][1], KINDS[index][2]
    if counts[kind] then parts[#parts + 1] = string.format(text, counts[kind]) end
  end
  return table.concat(parts, ", ")
end

local function line(photo)
  return photo.image.filename .. ": " .. photo.says
end

-- The photos that were not retouched and why, a line each; of many only the first.
function batch.trouble(photos)
  local lines, more = {}, 0
  for index = 1, #photos do
    if photos[index].kind ~= "edited" then
      if #lines < MOST_LINES then lines[#lines + 1] = line(photos[index]) else more = more + 1 end
    end
  end
  if more > 0 then lines[#lines + 1] = string.format(_("and %d more"), more) end
  return table.concat(lines, "\n")
end

-- Appends what happened to the log beside darktable's cache and answers where that is.
function batch.log(photos, choices)
  local path = dt.configuration.cache_dir .. shell.SEPARATOR .. "retouchiq.log"
  local file = io.open(path, "a")
  if not file then return nil end
  file:write(os.date("%Y-%m-%d %H:%M:%S "), choices.instruction, ": ", batch.summary(photos), "\n")
  for index = 1, #photos do file:write(line(photos[index]), "\n") end
  file:close()
  return path
end

return batch
