-- One photo: asked, followed, applied; then asked for more (a further turn, another strength, another answer).
--
-- Each function answers an outcome {kind, says, edit?, record?}; kind: edited, unchanged, changed, failed, cancelled.
-- A record is what this darktable session knows of an edit of ours: id at the server, the image that carries it, its
-- state after our edit (history.state) and what the server answered.

local client = require "retouchiq/client"
local follow = require "retouchiq/follow"
local history = require "retouchiq/history"
local json = require "retouchiq/json"
local request = require "retouchiq/request"
local shell = require "retouchiq/shell"
local _ = require "retouchiq/translation"

local retouch = {}

local FULL = 100 -- percent
local RENDERS = 6 -- the server's default budget: only the progress bar needs it

local CHANGED = _("The photo was edited while RetouchIQ worked; that edit was kept and nothing was applied.")

local function outcome(kind, says, edit)
  return { kind = kind, says = says, edit = edit }
end

local function failed(fault)
  return outcome("failed", type(fault) == "table" and fault.says or fault)
end

function retouch.scores(verdict)
  return string.format(_("score %.1f, before %.1f"), verdict.score, verdict.baseline)
end

local function unchanged(edit)
  local verdict = edit.result.verdict
  local says = _("Nothing was applied: the best try scored %.1f, the photo as it is scores %.1f.")
  return outcome("unchanged", string.format(says, verdict.score, verdict.baseline), edit)
end

-- Puts files into the image's history unless somebody changed that since base. The outcome of it.
function retouch.put(image, base, files, duplicate)
  if not history.unchanged(image, base, shell.folder()) then return outcome("changed", CHANGED) end
  local edited, says = history.apply(image, { sidecar = files.sidecar, style = files.style }, { duplicate = duplicate })
  if not edited then return failed(says) end
  local answer = outcome("edited")
  answer.record = { image = edited, state = history.state(edited, shell.folder()) }
  return answer
end

local function applied(result)
  local scores = retouch.scores(result.verdict)
  if result.strength == FULL then return string.format(_("Applied: %s."), scores) end
  return string.format(_("Applied at %.0f %%: %s."), result.strength, scores)
end

local function apply(edit, image, base, duplicate)
  local answer = retouch.put(image, base, edit.result.files, duplicate)
  answer.edit = edit
  if answer.kind == "edited" then
    answer.says = applied(edit.result)
    answer.record.id = edit.id
  end
  return answer
end

local function settle(edit, image, base, duplicate)
  if edit.state == "cancelled" then return outcome("cancelled", _("Cancelled; nothing was applied.")) end
  if edit.state == "failed" then return outcome("failed", edit.error.message, edit) end
  if not edit.result.applied then return unchanged(edit) end
  return apply(edit, image, base, duplicate)
end

-- Follows the edit that the server accepted and applies what comes of it.
local function carry_out(accepted, fault, image, base, duplicate, watch)
  if not accepted then return failed(fault) end
  local edit, lost = follow.job("/v1/edits/" .. accepted.id, watch, function(answer)
    local renders = json.value(json.value(answer.progress) and answer.progress.renders) or 0
    watch.says(follow.step(answer), math.min(renders / RENDERS, 0.95))
  end)
  if not edit then return failed(lost) end
  return settle(edit, image, base, duplicate)
end

-- A new edit of image from what it is now.
function retouch.start(image, choices, watch)
  watch.says(_("reading what the photo is now"), 0)
  local base, says = history.state(image, shell.folder())
  if not base then return failed(says) end
  if follow.stopped(watch) then return settle({ state = "cancelled" }) end
  local accepted, fault = client.request("POST", "/v1/edits", request.edit(image, base, choices))
  return carry_out(accepted, fault, image, base, choices.duplicate, watch)
end

local CHANGED_SINCE = _("The photo was changed since the last edit, so that edit cannot be gone on with: "
  .. "switch 'continue the last edit' off to start from what the photo is now.")

-- A state that could not be read after our edit is no state to go on from.
local function as_we_left_it(record)
  return record.state and history.unchanged(record.image, record.state, shell.folder())
end

local function more(record, method, what, body, watch)
  if not as_we_left_it(record) then return outcome("changed", CHANGED_SINCE) end
  local accepted, fault = client.request(method, "/v1/edits/" .. record.id .. "/" .. what, body)
  return carry_out(accepted, fault, record.image, record.state, false, watch)
end

-- A further turn on an edit that is applied: its instruction is added to what was asked before. An empty one leaves it
-- to the photo.
function retouch.continue(record, choices, watch)
  local instruction = choices.instruction ~= "" and choices.instruction or "auto"
  return more(record, "POST", "turns", { instruction = instruction }, watch)
end

-- The edit that is applied at percent (0–150) of its strength.
function retouch.strengthen(record, percent, watch)
  return more(record, "PUT", "strength", { strength = percent }, watch)
end

-- Another one of the answers instead of the one that is applied (number counts from 1).
function retouch.choose(record, number, watch)
  return more(record, "PUT", "choice", { variant = number - 1 }, watch)
end

return retouch
