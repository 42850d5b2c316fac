-- Waiting for a job of the server, so that the window stays alive and a cancel counts at once.

local dt = require "darktable"
local client = require "retouchiq/client"
local json = require "retouchiq/json"
local _ = require "retouchiq/translation"

local follow = {}

local PAUSE = 100 -- ms between two looks at a job
local OVER = { done = true, failed = true, cancelled = true }

-- Whether the user, or darktable as it quits, wants no more of this.
function follow.stopped(watch)
  return watch.cancelled or dt.control.ending
end

-- Looks at the job under path until it is over, giving each answer to seen. Answers the last one, or nil and a fault.
-- A cancelled watch cancels the job; the server stops it in the middle of a render.
function follow.job(path, watch, seen)
  while true do
    local answer, fault = client.request("GET", path)
    if not answer then return nil, fault end
    if follow.stopped(watch) then
      if not OVER[answer.state] then client.request("DELETE", path) end
      return { state = "cancelled" }
    end
    seen(answer)
    if OVER[answer.state] then return answer end
    dt.control.sleep(PAUSE)
  end
end

-- One line on where an edit is.
function follow.step(edit)
  if edit.state == "queued" then return _("waiting for the renders before this one") end
  local progress = json.value(edit.progress) or {}
  local says = json.value(progress.says) or ""
  local number, score = says:match("^render (%d+) scores ([%d.]+) of 10")
  if number then return string.format(_("render %d scores %.1f of 10"), tonumber(number), tonumber(score)) end
  return says == "" and _("looking at the photo") or says
end

return follow
