-- darktable runs Lua 5.4 and gives no globals of its own: scripts say require "darktable".
std = "lua54"
max_line_length = 120
