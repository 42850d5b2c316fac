-- JSON (RFC 8259) both ways: darktable's Lua has none. Strict: what is not JSON is refused with its position.
-- A JSON null is json.null, so that arrays keep their length; an array is a table made by json.array or read as one.

local json = {}

local DEPTH = 64 -- nesting deeper than this is refused, not followed
local ARRAY = {}

json.null = setmetatable({}, { __tostring = function() return "null" end })

function json.array(values)
  return setmetatable(values or {}, ARRAY)
end

-- value, or nil where it is null or absent
function json.value(value)
  if value == json.null then return nil end
  return value
end

-- encoding ---------------------------------------------------------------------------------------------------------

local ESCAPED = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
}

local function escaped(character)
  return ESCAPED[character] or string.format("\\u%04x", character:byte())
end

local function encode_string(text)
  if not utf8.len(text) then error("not UTF-8: " .. string.format("%q", text), 0) end
  return '"' .. text:gsub('[%c"\\\127]', escaped) .. '"'
end

local function encode_number(number)
  if math.type(number) == "integer" then return tostring(number) end
  if number ~= number or number == math.huge or number == -math.huge then
    error("JSON has no " .. tostring(number), 0)
  end
  return string.format("%.17g", number)
end

local encode_value

local function encode_array(values, depth)
  local parts = {}
  for index = 1, #values do parts[index] = encode_value(values[index], depth) end
  return "[" .. table.concat(parts, ",") .. "]"
end

local function encode_object(fields, depth)
  local names, parts = {}, {}
  for name in pairs(fields) do
    if type(name) ~= "string" then error("JSON object with a name that is a " .. type(name), 0) end
    names[#names + 1] = name
  end
  table.sort(names)
  for index, name in ipairs(names) do
    parts[index] = encode_string(name) .. ":" .. encode_value(fields[name], depth)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function encode_table(value, depth)
  if value == json.null then return "null" end
  if depth > DEPTH then error("nested too deeply", 0) end
  local encode = getmetatable(value) == ARRAY and encode_array or encode_object
  return encode(value, depth + 1)
end

local ENCODERS = { string = encode_string, number = encode_number, boolean = tostring, table = encode_table }

function encode_value(value, depth)
  local encode = ENCODERS[type(value)] or error("JSON has no " .. type(value), 0)
  return encode(value, depth)
end

-- The JSON text of value; raises for what JSON cannot hold.
function json.encode(value)
  return encode_value(value, 1)
end

-- decoding ---------------------------------------------------------------------------------------------------------

local function refuse(text, position, what)
  error(string.format("not JSON: %s at byte %d of %d", what, position, #text), 0)
end

local function skip(text, position)
  return text:find("[^ \t\r\n]", position) or #text + 1
end

local LITERALS = { t = { "true", true }, f = { "false", false }, n = { "null", json.null } }

local function decode_literal(text, position)
  local literal = LITERALS[text:sub(position, position)]
  if text:sub(position, position + #literal[1] - 1) ~= literal[1] then refuse(text, position, "unknown word") end
  return literal[2], position + #literal[1]
end

local function decode_number(text, position)
  local digits = text:match("^-?%d+", position) or refuse(text, position, "no number")
  if digits:find("^-?0%d") then refuse(text, position, "number with a leading zero") end
  local after = position + #digits
  local rest = text:match("^%.%d+", after) or ""
  rest = rest .. (text:match("^[eE][+-]?%d+", after + #rest) or "")
  return tonumber(digits .. rest), after + #rest
end

local UNESCAPED = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }

local function code_unit(text, position)
  local digits = text:match("^\\u(%x%x%x%x)", position)
  return digits and tonumber(digits, 16)
end

-- A \u escape, two of them where they are a surrogate pair; half a pair becomes U+FFFD.
local function decode_unicode(text, position)
  local high = code_unit(text, position) or refuse(text, position, "broken \\u escape")
  if high < 0xD800 or high > 0xDFFF then return utf8.char(high), position + 6 end
  local low = high < 0xDC00 and code_unit(text, position + 6)
  if not low or low < 0xDC00 or low > 0xDFFF then return utf8.char(0xFFFD), position + 6 end
  return utf8.char(0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00), position + 12
end

local function decode_escape(text, position)
  local character = text:sub(position + 1, position + 1)
  if character == "u" then return decode_unicode(text, position) end
  return UNESCAPED[character] or refuse(text, position, "unknown escape"), position + 2
end

local function decode_string(text, position)
  local parts, from = {}, position + 1
  while true do
    local stop = text:find('["\\%c]', from) or refuse(text, position, "string without an end")
    parts[#parts + 1] = text:sub(from, stop - 1)
    local character = text:sub(stop, stop)
    if character == '"' then return table.concat(parts), stop + 1 end
    if character == "\127" then
      parts[#parts + 1], from = character, stop + 1
    elseif character == "\\" then
      parts[#parts + 1], from = decode_escape(text, stop)
    else
      refuse(text, stop, "control character in a string")
    end
  end
end

local decode_value

-- The items of an array or object up to its closing bracket; item reads one and stores it.
local function decode_items(text, position, closing, item)
  position = skip(text, position + 1)
  if text:sub(position, position) == closing then return position + 1 end
  while true do
    position = skip(text, item(position))
    local character = text:sub(position, position)
    if character == closing then return position + 1 end
    if character ~= "," then refuse(text, position, "no , or " .. closing) end
    position = skip(text, position + 1)
  end
end

local function decode_array(text, position, depth)
  local values = json.array()
  position = decode_items(text, position, "]", function(at)
    local value, after = decode_value(text, at, depth)
    values[#values + 1] = value
    return after
  end)
  return values, position
end

local function decode_object(text, position, depth)
  local fields = {}
  position = decode_items(text, position, "}", function(at)
    if text:sub(at, at) ~= '"' then refuse(text, at, "no name") end
    local name, after = decode_string(text, at)
    after = skip(text, after)
    if text:sub(after, after) ~= ":" then refuse(text, after, "no :") end
    fields[name], after = decode_value(text, skip(text, after + 1), depth)
    return after
  end)
  return fields, position
end

local DECODERS = {
  ["{"] = decode_object, ["["] = decode_array, ['"'] = decode_string,
  t = decode_literal, f = decode_literal, n = decode_literal,
}

function decode_value(text, position, depth)
  if depth > DEPTH then refuse(text, position, "nested too deeply") end
  local decode = DECODERS[text:sub(position, position)] or decode_number
  return decode(text, position, depth + 1)
end

-- The value of a JSON text, or nil and a sentence that says where it is not JSON.
function json.decode(text)
  if not utf8.len(text) then return nil, "not JSON: not UTF-8" end
  local fine, value, after = pcall(decode_value, text, skip(text, 1), 1)
  if not fine then return nil, value end
  after = skip(text, after)
  if after <= #text then return nil, string.format("not JSON: more text at byte %d of %d", after, #text) end
  return value
end

return json
