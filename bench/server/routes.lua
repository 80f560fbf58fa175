-- The requests of one route of serve.ts, or of a mix of them, for wrk. ROUTE names it; ROWS is the number of rows of the
-- table, RESPONSES the number of responses after which nothing more is sent, if it is set.
local route = os.getenv("ROUTE")
local paths = {
  row = function() return "/row/" .. math.random(tonumber(os.getenv("ROWS"))) end,
  page = function() return "/page/" .. math.random(0, 199) end,
  nested = function() return "/nested/" .. math.random(275) end,
  insert = function() return "/insert" end,
  ["insert-500"] = function() return "/insert-500" end,
}

-- Of 100 requests of the mix 60 read a row, 20 a page, 12 an artist, and 8 insert a row.
paths.mix = function()
  local number = math.random(100)
  if number <= 60 then return paths.row() end
  if number <= 80 then return paths.page() end
  if number <= 92 then return paths.nested() end
  return paths.insert()
end

function request()
  return wrk.format("GET", paths[route]())
end

local limit = tonumber(os.getenv("RESPONSES"))
-- Without a limit there is no function, because a call per response costs time.
if limit then
  function response()
    limit = limit - 1
    if limit == 0 then wrk.thread:stop() end
  end
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), failed))
end
