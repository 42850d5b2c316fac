-- The RetouchIQ server over HTTP, by curl: found, started where none runs, and started again where it died.
--
-- The token stays in a file that only curl reads (--config), and so do address, method and body: a command line, which
-- every user of the machine can see, holds nothing but the names of private files.

local dt = require "darktable"
local json = require "retouchiq/json"
local shell = require "retouchiq/shell"
local _ = require "retouchiq/translation"

local client = {}

local SECONDS = 40 -- for one answer: all but a change of the answer (30 s at most) come at once; work is polled
local REFUSED = 7 -- curl: nobody listens there, so nothing was received and everything may be sent again
local LOST = { [18] = true, [52] = true, [55] = true, [56] = true } -- curl: the server went away while answering
local REPEATABLE = { GET = true, PUT = true, DELETE = true }

local here = debug.getinfo(1, "S").source:match("^@(.*)[/\\][^/\\]*$") or "."
local server -- what `retouchiq serve --background --json` said: url, curl_config, …

-- The retouchiq command: the one of the preferences, else the one the installer named, else the one on PATH.
function client.command()
  local chosen = dt.preferences.read("retouchiq", "command", "file")
  if chosen and chosen ~= "" then return chosen end
  local installed = shell.read(here .. shell.SEPARATOR .. "command"):match("^%s*(.-)%s*$")
  return installed ~= "" and installed or "retouchiq"
end

local function last_line(text)
  return text:match("([^\r\n]+)%s*$") or ""
end

local function not_started(complained)
  local says = last_line(complained)
  if says ~= "" then return string.format(_("RetouchIQ did not start: %s"), says) end
  return string.format(_("RetouchIQ did not start: is '%s' installed?"), client.command())
end

-- Finds or starts the server. True, or nil and a fault.
function client.connect()
  local status, said, complained = shell.run({ client.command(), "serve", "--background", "--json" })
  local answer = status == 0 and json.decode(said)
  if type(answer) ~= "table" or type(answer.url) ~= "string" then
    return nil, { kind = "NotStarted", says = not_started(complained) }
  end
  server = answer
  return true
end

-- A value for curl's configuration file, where \ and " are special inside quotes.
local ESCAPED = { ["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
function client.curl_value(text)
  return '"' .. text:gsub('[\\"\n\r\t]', ESCAPED) .. '"'
end

local function curl_config(method, path, body_file, answer_file)
  local lines = {
    "silent", "show-error", 'noproxy = "*"', 'proto = "=http"', "max-time = " .. SECONDS,
    "url = " .. client.curl_value(server.url .. path),
    "request = " .. client.curl_value(method),
    "output = " .. client.curl_value(answer_file),
    'write-out = "%{http_code}"',
  }
  if body_file then
    lines[#lines + 1] = 'header = "Content-Type: application/json"'
    lines[#lines + 1] = "data-binary = " .. client.curl_value("@" .. body_file)
  end
  return table.concat(lines, "\n") .. "\n"
end

-- One exchange: curl's exit status, the HTTP status, the body and curl's complaint. No file is left behind.
local function exchange(method, path, body)
  local config, answer = shell.file(".curl"), shell.file(".answer")
  local body_file = body and shell.file(".body")
  if body_file then shell.write(body_file, json.encode(body)) end
  shell.write(config, curl_config(method, path, body_file, answer))
  local status, code, complained = shell.run({ "curl", "-q", "--config", server.curl_config, "--config", config })
  local text = shell.read(answer)
  os.remove(config)
  os.remove(answer)
  if body_file then os.remove(body_file) end
  return shell.exit_status(status), tonumber(code) or 0, text, complained
end

local function gone(method, exit)
  return exit == REFUSED or LOST[exit] and REPEATABLE[method]
end

local function exchange_again(method, path, body)
  local exit, code, text, complained = exchange(method, path, body)
  if gone(method, exit) and not dt.control.ending then
    local connected, fault = client.connect()
    if not connected then return nil, fault end
    exit, code, text, complained = exchange(method, path, body)
  end
  if exit ~= 0 then
    local says = string.format(_("RetouchIQ does not answer: %s"), last_line(complained))
    return nil, { kind = "Unreachable", says = says }
  end
  return code, text
end

-- The server's own error, made one sentence with its way out.
local function refusal(code, answer)
  local fault = type(answer) == "table" and json.value(answer.error) or {}
  local says = json.value(fault.message) or string.format(_("RetouchIQ answered with status %d"), code)
  local way_out = json.value(fault.way_out)
  return { kind = json.value(fault.kind) or "Refused", says = way_out and says .. ": " .. way_out or says, code = code }
end

-- Sends body (a table, or nil) and answers the decoded answer, or nil and a fault {kind, says}. A server that died is
-- started again, once; what may have reached it is not sent twice unless doing it twice does no harm.
function client.request(method, path, body)
  if not server then
    local connected, fault = client.connect()
    if not connected then return nil, fault end
  end
  local code, text = exchange_again(method, path, body)
  if not code then return nil, text end
  local answer, wrong = {}, nil
  if text ~= "" then answer, wrong = json.decode(text) end
  if code >= 400 then return nil, refusal(code, answer) end
  if wrong then return nil, { kind = "Unreadable", says = wrong } end
  return answer
end

-- Whether a server was reached before in this session of darktable.
function client.connected()
  return server ~= nil
end

-- Forgets the server: the next request looks for it again.
function client.forget()
  server = nil
end

return client
