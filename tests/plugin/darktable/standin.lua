-- A stand-in for the darktable module: what the plug-in uses of it, as strict as darktable about names and types, and a
-- record of what was done with it. Threads are coroutines that go on whenever somebody sleeps.

local darktable = { configuration = {}, control = {}, gettext = {}, gui = {}, preferences = {} }
local standin = {
  darktable = darktable, events = {}, actions = {}, libs = {}, jobs = {}, printed = {}, errors = {}, stored = {},
  registered = {}, queue = {}, threads = {}, selected = {}, view = "lighttable", slept = 0,
}

-- threads -----------------------------------------------------------------------------------------------------------

local function go_on()
  local threads = standin.threads
  standin.threads = {}
  for _, thread in ipairs(threads) do
    local fine, wrong = coroutine.resume(thread)
    if not fine then standin.errors[#standin.errors + 1] = wrong end
    if coroutine.status(thread) ~= "dead" then table.insert(standin.threads, thread) end
  end
end

local function deliver()
  local queue = standin.queue
  standin.queue = {}
  for _, call in ipairs(queue) do call() end
end

-- Lets time go by: callbacks that wait are delivered, other threads run until they sleep.
function standin.tick()
  deliver()
  go_on()
end

function darktable.control.dispatch(call, ...)
  local arguments = table.pack(...)
  table.insert(standin.threads, coroutine.create(function() call(table.unpack(arguments, 1, arguments.n)) end))
end

function darktable.control.sleep(milliseconds)
  if coroutine.isyieldable() then return coroutine.yield() end
  standin.slept = standin.slept + milliseconds
  standin.tick()
  if standin.on_sleep then standin.on_sleep() end
end

function darktable.control.execute(line)
  return standin.execute(line)
end

-- widgets -----------------------------------------------------------------------------------------------------------

local EVERY = {
  tooltip = "string", name = "string", visible = "boolean", sensitive = "boolean", reset_callback = "function",
}
local KNOWN = {
  entry = { text = "string", placeholder = "string", editable = "boolean", is_password = "boolean" },
  text_view = { text = "string", editable = "boolean" },
  button = { label = "string", clicked_callback = "function" },
  check_button = { label = "string", value = "boolean", clicked_callback = "function" },
  combobox = { label = "string", selected = "number", editable = "boolean", changed_callback = "function" },
  slider = { label = "string", value = "number", hard_min = "number", hard_max = "number", soft_min = "number",
    soft_max = "number", step = "number", digits = "number" },
  label = { label = "string" },
  section_label = { label = "string" },
  box = { orientation = "string" },
}
local FIRST = {
  visible = true, sensitive = true, selected = 0, value = false, text = "", hard_min = -1e9, hard_max = 1e9,
}

local function changed(widget)
  local callback = widget.values.changed_callback
  if callback then table.insert(standin.queue, function() callback(widget) end) end
end

local function set_entry(widget, index, entry)
  local count = #widget.entries
  if index < 1 or index > count + 1 then error("Invalid index for combobox : " .. index) end
  if entry == nil and index > count then error("string expected, got nil") end
  if entry == nil then table.remove(widget.entries, index) else widget.entries[index] = entry end
end

local function set_value(widget, name, value)
  local kind = (KNOWN[widget.kind][name] or EVERY[name])
  if not kind then error("field \"" .. name .. "\" not found for type lua_" .. widget.kind) end
  if type(value) ~= kind then error(name .. " of lua_" .. widget.kind .. " cannot be a " .. type(value)) end
  if name == "value" and widget.kind == "slider" then
    value = math.min(math.max(value, widget.hard_min), widget.hard_max) + 0.0
  end
  widget.values[name] = value
  if name == "selected" then changed(widget) end
end

local Widget = {}

local function needs_window()
  if standin.frozen then error("darktable waits for a window that is gone") end
end

function Widget.__index(widget, name)
  needs_window()
  if type(name) == "number" then return rawget(widget, "entries")[name] end
  local values = rawget(widget, "values")
  if values[name] == nil then return FIRST[name] end
  return values[name]
end

function Widget.__newindex(widget, name, value)
  needs_window()
  if type(name) == "number" then return set_entry(widget, name, value) end
  set_value(widget, name, value)
end

function Widget.__len(widget)
  return #rawget(widget, "entries")
end

function Widget.__call(widget, fields)
  for name, value in pairs(fields) do
    if type(name) ~= "number" then widget[name] = value end
  end
  for index, value in ipairs(fields) do widget.entries[index] = value end
  return widget
end

function darktable.new_widget(kind)
  if not KNOWN[kind] then error("no widget " .. kind) end
  return setmetatable({ kind = kind, values = {}, entries = {} }, Widget)
end

-- jobs --------------------------------------------------------------------------------------------------------------

local Job = {}

function Job.__index(job, name)
  local values = rawget(job, "values")
  if name == "valid" then return values.valid end
  if not values.valid then error("Accessing an invalid job") end
  return values[name]
end

function Job.__newindex(job, name, value)
  local values = rawget(job, "values")
  if not values.valid then error("Accessing an invalid job") end
  if name == "percent" and (value < 0 or value > 1) then error("incorrect value for job percentage") end
  values[name] = value
  table.insert(values.history, value)
end

function darktable.gui.create_job(title, has_bar, cancelled)
  local values = { valid = true, title = title, bar = has_bar, percent = 0, history = {} }
  local job = setmetatable({ values = values, cancel = function(job) cancelled(job) end }, Job)
  table.insert(standin.jobs, job)
  return job
end

-- events, libs, actions ---------------------------------------------------------------------------------------------

local EVENTS = { exit = true, shortcut = true, ["view-changed"] = true, ["selection-changed"] = true,
  ["darkroom-image-loaded"] = true }

function darktable.register_event(name, event, handler, key)
  if not EVENTS[event] then error("unknown event " .. event) end
  local id = event .. "/" .. name
  if standin.events[id] then error("duplicate event " .. id) end
  if event == "shortcut" and not key then error("a shortcut has a name") end
  standin.events[id] = handler
end

function darktable.destroy_event(name, event)
  local id = event .. "/" .. name
  if not standin.events[id] then error("no event " .. id) end
  standin.events[id] = nil
end

function standin.fire(event, ...)
  local handler = standin.events[event .. "/retouchiq"]
  if handler then handler(event, ...) end
end

function darktable.register_lib(id, name, _, _, places, widget)
  if standin.libs[id] then error("duplicate lib " .. id) end
  standin.libs[id] = { name = name, places = places, widget = widget, visible = true }
  darktable.gui.libs[id] = standin.libs[id]
end

darktable.gui.libs = { image = {
  register_action = function(id, label, call) standin.actions[id] = { label = label, call = call } end,
  destroy_action = function(id)
    if not standin.actions[id] then error("no action " .. id) end
    standin.actions[id] = nil
  end,
} }

local darkroom = { id = "darkroom", display_image = function() return standin.open end }
darktable.gui.views = { lighttable = { id = "lighttable" }, darkroom = darkroom }

function darktable.gui.current_view()
  return darktable.gui.views[standin.view]
end

function darktable.gui.selection()
  local copy = {}
  for index, image in ipairs(standin.selected) do copy[index] = image end
  return copy
end

setmetatable(darktable.gui, { __index = function(_, name)
  if name == "action_images" then return darktable.gui.selection() end
end })

-- the rest ----------------------------------------------------------------------------------------------------------

function darktable.print(text) table.insert(standin.printed, text) end
function darktable.print_error(text) table.insert(standin.errors, text) end

function darktable.preferences.register(_, name, kind, label, tooltip, default)
  standin.registered[name] = { kind = kind, label = label, tooltip = tooltip, default = default }
end

function darktable.preferences.read(script, name, kind)
  local known = standin.registered[name]
  local value = standin.stored[script .. "/" .. name]
  if value ~= nil then return value end
  if known then return known.default end
  return ({ string = "", file = "", integer = 0, bool = false })[kind]
end

function darktable.preferences.write(script, name, _, value)
  standin.stored[script .. "/" .. name] = value
end

function darktable.gettext.bindtextdomain(domain, folder) standin.catalogues = { domain = domain, folder = folder } end
function darktable.gettext.dgettext(_, text) return standin.translate and standin.translate(text) or text end

function darktable.configuration.check_version(_, ...)
  standin.asked_versions = { ... }
end

setmetatable(darktable.control, { __index = function(_, name)
  if name == "ending" then return standin.ending == true end
end })

return standin
