-- Texts in the language darktable runs in. The catalogues lie beside this file.

local dt = require "darktable"

local folder = debug.getinfo(1, "S").source:match("^@(.*)[/\\][^/\\]*$") or "."

dt.gettext.bindtextdomain("retouchiq", folder .. "/locale")

return function(text)
  return dt.gettext.dgettext("retouchiq", text)
end
