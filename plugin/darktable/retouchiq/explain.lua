-- An edit in words: what was planned and why, what each metric says, and what no parameter can do.

local json = require "retouchiq/json"
local _ = require "retouchiq/translation"

local function listed(heading, values, line)
  if not values or #values == 0 then return nil end
  local lines = { heading }
  for index = 1, #values do lines[#lines + 1] = "• " .. line(values[index]) end
  return table.concat(lines, "\n")
end

local function as_it_is(text)
  return text
end

-- "score of 10  name: why"
local function metric(each)
  return string.format("%.1f  %s: %s", each.score, each.name, each.why)
end

-- The text for an edit that is over, "" where it has no result.
return function(edit)
  local result = json.value(edit.result)
  if not result then return "" end
  local parts = {
    json.value(result.plan.reasoning) or "",
    listed(_("What was measured (0 to 10)"), result.verdict.metrics, metric) or "",
    listed(_("What no parameter can do"), result.plan.unsupported, as_it_is) or "",
    listed(_("Notes"), result.plan.notes, as_it_is) or "",
  }
  local said = {}
  for index = 1, #parts do
    if parts[index] ~= "" then said[#said + 1] = parts[index] end
  end
  return table.concat(said, "\n\n")
end
