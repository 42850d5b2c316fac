-- Programs and private files, without anything a person typed ever reaching a shell unquoted.

local dt = require "darktable"

local shell = {}

local WINDOWS = dt.configuration.running_os == "windows"
shell.SEPARATOR = WINDOWS and "\\" or "/"

-- A word for sh: everything inside single quotes is literal but the single quote itself.
function shell.quote_posix(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

-- A word for cmd.exe: paths there hold no double quote, and a % would be expanded even inside quotes: both are refused.
function shell.quote_windows(word)
  if word:find('["%%\r\n]') then error("cmd.exe cannot be given the path " .. word, 0) end
  return '"' .. word .. '"'
end

shell.quote = WINDOWS and shell.quote_windows or shell.quote_posix

-- The command line for words (the first is the program) with its output and errors sent to files.
-- cmd.exe strips the outermost quotes of a line, so there it gets a pair to strip.
function shell.line(words, output, errors)
  local quoted = {}
  for index, word in ipairs(words) do quoted[index] = shell.quote(word) end
  local line = table.concat(quoted, " ") .. " >" .. shell.quote(output) .. " 2>" .. shell.quote(errors)
  return WINDOWS and '"' .. line .. '"' or line
end

function shell.read(path)
  local file = io.open(path, "rb")
  if not file then return "" end
  local text = file:read("a")
  file:close()
  return text or ""
end

-- Writes text to path; raises where that fails.
function shell.write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local folder -- of this darktable session; nobody else may look into it
local count = 0

-- tmpname leaves an empty file of ours under that name in a folder where others cannot replace it. Where the folder
-- cannot be made under it (somebody was faster), mkdir fails, as it is not told to accept one that exists.
local function make_folder()
  local path = os.tmpname()
  os.remove(path)
  if WINDOWS then path = dt.configuration.tmp_dir .. "\\retouchiq" .. path:gsub("%W", "") end
  local made = dt.control.execute(WINDOWS and "mkdir " .. shell.quote(path) or "mkdir -m 700 " .. shell.quote(path))
  if made ~= 0 then error("no folder can be made in " .. dt.configuration.tmp_dir, 0) end
  return path
end

-- The private folder (0700) for temporary files.
function shell.folder()
  folder = folder or make_folder()
  return folder
end

-- A new name in the private folder.
function shell.file(ending)
  count = count + 1
  return shell.folder() .. shell.SEPARATOR .. count .. ending
end

-- Removes the private folder and all that is in it.
function shell.clear()
  if not folder then return end
  local remove = WINDOWS and "rmdir /s /q " or "rm -rf -- "
  os.execute(remove .. shell.quote(folder))
  folder = nil
end

-- Runs words and answers whether it exited with 0, its output and its errors. Other Lua goes on meanwhile.
function shell.run(words)
  local output, errors = shell.file(".out"), shell.file(".err")
  local status = dt.control.execute(shell.line(words, output, errors))
  local said, complained = shell.read(output), shell.read(errors)
  os.remove(output)
  os.remove(errors)
  return status, said, complained
end

-- The exit status of a program in what execute answers: POSIX packs it into a wait status.
function shell.exit_status(status)
  return WINDOWS and status or status >> 8
end

local OPENERS = { windows = "explorer", macos = "open" }

-- Opens a file in the program the desktop has for it.
function shell.open(path)
  return shell.run({ OPENERS[dt.configuration.running_os] or "xdg-open", path }) == 0
end

return shell
