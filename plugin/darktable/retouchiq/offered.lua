-- What the panel's lists offer: instructions that were used before, and the looks the server has.

local dt = require "darktable"
local client = require "retouchiq/client"
local panel = require "retouchiq/panel"
local remembered = require "retouchiq/remembered"
local _ = require "retouchiq/translation"

local offered = {}

local MOST_LOOKS = 100

local looks = {} -- names, in the order of the combobox, which has "none" before them
local fresh = false -- whether this session's server was asked

local function show_recent()
  panel.fill("recent", remembered.read("recent"), 0)
end

local function chosen_look()
  return looks[panel.selected("look") - 1]
end

local function show_looks(names)
  local chosen = chosen_look()
  local lines, selected = { _("none") }, 1
  for index = 1, #names do
    lines[index + 1] = names[index]
    if names[index] == chosen then selected = index + 1 end
  end
  looks = names
  panel.fill("look", lines, selected)
end

local function load_looks()
  local answer, fault = client.request("GET", "/v1/looks")
  if not answer then return panel.say(fault.says) end
  local names = {}
  for index = 1, #answer do names[index] = answer[index].name end
  remembered.write("look", names, MOST_LOOKS)
  show_looks(names)
  fresh = true
end

-- Shows what is known from before. Only where no look is, the server is started to be asked.
function offered.show()
  show_recent()
  show_looks(remembered.read("look"))
  if #looks == 0 then dt.control.dispatch(load_looks) end
end

-- Asks a server that was reached anyway for its looks, once in a session of darktable.
function offered.freshen()
  if client.connected() and not fresh then load_looks() end
end

-- Puts an instruction first among the recent ones.
function offered.remember(instruction)
  if instruction == "" then return end
  remembered.add("recent", instruction, dt.preferences.read("retouchiq", "recent", "integer"))
  show_recent()
end

-- The recent instruction that is selected, nil where none is.
function offered.recent()
  return remembered.read("recent")[panel.selected("recent")]
end

-- What the user asks for in the panel; see panel.choices. look is nil where none is chosen.
function offered.choices()
  local choices = panel.choices()
  choices.look = chosen_look()
  return choices
end

return offered
