-- What the panel's buttons, the menu action and the shortcut do. One piece of work at a time.

local dt = require "darktable"
local batch = require "retouchiq/batch"
local explain = require "retouchiq/explain"
local follow = require "retouchiq/follow"
local history = require "retouchiq/history"
local offered = require "retouchiq/offered"
local panel = require "retouchiq/panel"
local retouch = require "retouchiq/retouch"
local shell = require "retouchiq/shell"
local _ = require "retouchiq/translation"

local actions = {}

local STEADY = 400 -- ms between two looks at the strength slider, which tells nobody that it was moved
local FULL = 100 -- percent
local SELECT = _("Select a photo first.")
local TAKEN_BACK = _("the last edit was taken back")

local work = nil -- what is being done, as follow and batch watch it
local records = {} -- image id -> the edit of ours that the image carries (see retouch)
local edits = {} -- image id -> the last edit that was worked out for it, applied or not
local alive = nil -- while the panel is in use: a table of that use's own

-- the photos at hand -------------------------------------------------------------------------------------------------

-- The open image in the darkroom, else the selection.
local function photos()
  if dt.gui.current_view().id == "darkroom" then return { dt.gui.views.darkroom.display_image() } end
  return dt.gui.selection()
end

-- The one photo at hand; nil where there are several or none.
local function photo()
  local images = photos()
  return #images == 1 and images[1] or nil
end

local function record_of(image)
  return image and records[image.id]
end

local function keep(image, record)
  records[image.id] = record
  records[record.image.id] = record
end

-- Both the image and its duplicate lose the record.
local function drop(record)
  for id, each in pairs(records) do
    if each == record then records[id] = nil end
  end
end

-- what the panel shows -----------------------------------------------------------------------------------------------

local NAMES = { ["as asked"] = _("as asked"), softer = _("softer"), crisper = _("crisper") }

local function answer_lines(variants)
  local lines = {}
  for index = 1, #variants do
    local name = variants[index].name
    lines[index] = string.format("%d  %s  %.1f", index, NAMES[name] or name, variants[index].score)
  end
  return lines
end

local seen = {} -- the record and strength that the slider was last known to stand for

local function show_answers(record)
  local result = record and record.edit and record.edit.result
  local variants = result and result.variants or {}
  if #variants < 2 then return false end
  panel.fill("answers", answer_lines(variants), result.chosen + 1)
  return true
end

local function report_of(edit)
  return edit and edit.result and edit.result.files and edit.result.files.report
end

local function show_all()
  local image = photo()
  local record, edit = record_of(image), image and edits[image.id]
  seen = { record = record, strength = panel.widgets.strength.value }
  local explaining = panel.widgets.explain.value
  panel.show {
    continue = record ~= nil and record.id ~= nil,
    answers = show_answers(record),
    explanation = explaining and (edit and explain(edit) or _("Nothing was worked out for this photo yet.")) or nil,
    report = explaining and report_of(edit) ~= nil,
  }
  local free = work == nil
  panel.enable {
    apply = free, cancel = not free, undo = free, compare = free and image ~= nil, answers = free, strength = free,
  }
end

local refreshing, again = false, false

-- Makes the panel fit the photo at hand. Other Lua runs whenever a widget is touched, and may want the same: then the
-- one that is at it begins once more.
function actions.refresh()
  again = alive ~= nil and not dt.control.ending
  if refreshing then return end
  refreshing = true
  while again do
    again = false
    local fine, wrong = pcall(show_all)
    if not fine then dt.print_error(wrong) end
  end
  refreshing = false
end

-- Another photo is at hand. What we do to photos ourselves also comes here: then the panel is brought up to date once,
-- at the end.
function actions.photo_changed()
  if not work then actions.refresh() end
end

-- Says it in the panel, and where the panel may be out of sight.
local function tell(sentence)
  panel.say(sentence)
  dt.print(sentence:match("[^\n]*"))
end

-- work ---------------------------------------------------------------------------------------------------------------

local function cancel(job)
  if work then
    work.cancelled = true
    panel.say(_("cancelling ..."))
  end
  if job and job.valid then job.valid = false end
end

local function begin(title)
  local watch = { cancelled = false }
  local job = dt.gui.create_job(title, true, cancel)
  function watch.says(sentence, part)
    if not watch.cancelled then panel.say(sentence) end
    if job.valid then job.percent = part end
  end
  function watch.finish()
    if job.valid then job.valid = false end
  end
  return watch
end

-- Does one piece of work; an error in it becomes a sentence and leaves the panel usable.
local function carry_out(title, doing)
  if work then return tell(_("RetouchIQ is still at work on the last instruction.")) end
  work = begin(title)
  actions.refresh()
  local fine, wrong = pcall(doing, work)
  work.finish()
  work = nil
  if not fine then tell(tostring(wrong)) end
  actions.refresh()
  if not alive then shell.clear() end
end

-- Whether something is being done, or the panel has still to show it.
function actions.busy()
  return work ~= nil or refreshing
end

-- one photo ----------------------------------------------------------------------------------------------------------

-- Takes the outcome of work on image's edit: says it and remembers the edit.
local function conclude(image, outcome)
  if outcome.edit then edits[image.id] = outcome.edit end
  if outcome.record then
    outcome.record.edit = outcome.edit
    edits[outcome.record.image.id] = outcome.edit
    keep(image, outcome.record)
    panel.widgets.strength.value = outcome.edit.result.strength
  end
  tell(outcome.says)
end

local function retouch_one(image, choices, watch)
  local record = record_of(image)
  local continued = choices.continue and record and record.id
  local outcome = continued and retouch.continue(record, choices, watch) or retouch.start(image, choices, watch)
  conclude(image, outcome)
end

-- More of the edit that the photo at hand carries.
local function more(title, doing)
  local image = photo()
  local record = record_of(image)
  if not (record and record.id) or work then return end
  carry_out(title, function(watch) conclude(image, doing(record, watch)) end)
end

local function restrengthen(percent)
  more(_("changing the strength"), function(record, watch) return retouch.strengthen(record, percent, watch) end)
end

-- many photos --------------------------------------------------------------------------------------------------------

local function conclude_many(results, choices)
  for index = 1, #results do
    local result = results[index]
    if result.record then keep(result.image, result.record) end
    edits[result.image.id] = result.edit or edits[result.image.id]
  end
  local log = batch.log(results, choices)
  local lines = { batch.summary(results), batch.trouble(results) }
  if lines[2] == "" then lines[2] = nil end
  if log then lines[#lines + 1] = string.format(_("what happened to each is in %s"), log) end
  tell(table.concat(lines, "\n"))
end

local function retouch_many(images, choices, watch)
  conclude_many(batch.run(images, choices, watch), choices)
end

-- the buttons --------------------------------------------------------------------------------------------------------

-- Retouches images with what the panel says: an instruction, a look, both, or nothing: what the photos need.
function actions.retouch(images)
  local choices = offered.choices()
  if #images == 0 then return tell(SELECT) end
  offered.remember(choices.instruction)
  carry_out(_("retouching"), function(watch)
    if #images == 1 then retouch_one(images[1], choices, watch) else retouch_many(images, choices, watch) end
  end)
  offered.freshen()
end

-- The photo that carries the edit: the image, or the duplicate that was made of it.
local function edited(image)
  local record = record_of(image)
  return record and record.image or image
end

local function undo_one(image)
  local undone, says = history.undo(edited(image))
  if undone and record_of(image) then
    drop(record_of(image))
    panel.widgets.strength.value = FULL -- it was that of the edit that is gone
  end
  return undone, says
end

local function undo_all(images, watch)
  local results = {}
  for index = 1, #images do
    if follow.stopped(watch) then break end
    local undone, says = undo_one(images[index])
    results[index] = { image = images[index], kind = "undone", says = undone and TAKEN_BACK or says }
    watch.says(string.format(_("%d of %d photos"), index, #images), index / #images)
    dt.control.sleep(1) -- lets the window draw
  end
  tell(#images > 0 and batch.trouble(results) or SELECT)
end

local function compare()
  local image = photo()
  if not image then return end
  local fine, says = history.compare(edited(image))
  if not fine then tell(says) end
end

local function use_recent()
  local instruction = offered.recent()
  if instruction then panel.widgets.instruction.text = instruction end
end

local function choose_answer()
  local record, number = record_of(photo()), panel.selected("answers")
  local result = record and record.edit and record.edit.result
  if not result or number == 0 or number == result.chosen + 1 then return end
  more(_("changing the answer"), function(at, watch) return retouch.choose(at, number, watch) end)
end

local function open_report()
  local image = photo()
  local path = image and report_of(edits[image.id])
  if path and not shell.open(path) then tell(string.format(_("The report is %s"), path)) end
end

actions.pressed = {
  apply = function() actions.retouch(photos()) end,
  cancel = function() cancel() end,
  undo = function() carry_out(_("undoing"), function(watch) undo_all(photos(), watch) end) end,
  compare = function() carry_out(_("before/after"), compare) end,
  recent = use_recent,
  answers = choose_answer,
  explain = actions.refresh,
  report = open_report,
}

-- life ---------------------------------------------------------------------------------------------------------------

-- Applies the strength once the slider stands still, where it was moved for the edit that is at hand.
local function watch_strength(use)
  local before = panel.widgets.strength.value
  while true do
    dt.control.sleep(STEADY)
    if alive ~= use or dt.control.ending then return end
    local value = panel.widgets.strength.value
    local still, moved = value == before, value ~= seen.strength
    before = value
    if still and moved and not work and seen.record and seen.record == record_of(photo()) then
      restrengthen(math.floor(value + 0.5))
    end
  end
end

-- Fills the panel and begins to watch it.
function actions.start()
  alive = {}
  offered.show()
  actions.refresh()
  dt.control.dispatch(watch_strength, alive)
end

-- Stops everything: work at hand is cancelled, temporary files are removed.
function actions.stop()
  cancel()
  alive = nil
  if not work then shell.clear() end
end

return actions
