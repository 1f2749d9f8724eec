-- Load for a running onepass server, for people who have wrk (https://github.com/wg/wrk).
--
--   wrk -t1 -c2 -d10s --latency -s scripts/wrk.lua http://127.0.0.1:8080 -- [engine] [model] [texts]
--
--   engine   single-pass, generate, dual-decoder, dual-encoder, joint-encoder; "-": the server's default
--   model    name or name@version; "-": the engine's first
--   texts    a file with one text a line; by default the sentences below
--
-- wrk is a closed loop: a connection waits for its answer before it asks again, so that a slow server is asked
-- less and its worst latencies are missed. `npm run loadtest` has an open loop; wrk2 takes this file with -R RATE.

local texts = {
  "wake me up at ten past six tomorrow morning",
  "is it going to rain in the hills today",
  "remind me to water the plants on monday",
  "cancel the meeting that i have at two",
  "how much is one pound in us dollars",
  "set the living room light to a warm red",
}

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\" }

local function quote(text)
  local function escape(character)
    return escapes[character] or string.format("\\u%04x", string.byte(character))
  end
  return '"' .. text:gsub('[%c"\\]', escape) .. '"'
end

local bodies = {}
local last = 0

function init(args)
  local fields = '"tasks":["intent","slots"],"fallback":"never"'
  for i, name in ipairs({ "engine", "model" }) do
    if args[i] and args[i] ~= "-" then
      fields = fields .. ',"' .. name .. '":' .. quote(args[i])
    end
  end
  if args[3] then
    texts = {}
    for line in io.lines(args[3]) do
      line = line:gsub("\r$", "")
      if line:find("%S") then
        texts[#texts + 1] = line
      end
    end
    if #texts == 0 then
      error(args[3] .. " has no texts")
    end
  end
  for i, text in ipairs(texts) do
    bodies[i] = '{"text":' .. quote(text) .. "," .. fields .. "}"
  end
end

function request()
  last = last % #bodies + 1
  return wrk.format("POST", "/classify", { ["Content-Type"] = "application/json" }, bodies[last])
end

-- With errors the latencies are those of refusals, too.
function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  if failed > 0 then
    io.write(string.format("%d of %d requests failed: do not believe the figures\n", failed, summary.requests))
  end
end
