-- Session-like traffic for wrk: 8 events a visitor, about 400 bytes each, one visitor in 20 identifies.
local EVENTS_A_VISITOR = 8
local threads, number, batch, run = 0, 0, 1, "0"
local sections = { "bikes", "helmets", "tyres", "service", "delivery", "instalments", "about", "contacts" }

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  batch = tonumber(args[1])
  run = args[2]
  wrk.method = "POST"
  wrk.headers["Authorization"] = "Basic YmVuY2g6"
  wrk.headers["Content-Type"] = "application/json"
end

local function event()
  number = number + 1
  local visitor = math.floor(number / EVENTS_A_VISITOR)
  local step = number % EVENTS_A_VISITOR
  local head = string.format(
    '"messageId":"m-%s-%d-%d","anonymousId":"%s-%d-%07d-4f5e-8a1b","timestamp":"2030-05-01T12:00:00.123Z",' ..
    '"context":{"locale":"uk-UA","timezone":"Europe/Kyiv","userAgent":"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0",' ..
    '"library":{"name":"ripely.js","version":"1"}}', run, id, number, run, id, visitor)
  if step == 7 and visitor % 20 == 0 then
    return string.format('{"type":"identify","traits":{"email":"v%s.%d.%d@example.org","name":"Ann"},%s}', run, id, visitor, head)
  elseif step == 5 then
    return string.format('{"type":"track","event":"Product Viewed","properties":{"product_id":"p%d","category":"bikes"},%s}', visitor % 500, head)
  end
  local section = sections[(visitor + step) % 8 + 1]
  return string.format(
    '{"type":"page","properties":{"url":"https://shop.example/%s/item-%d","path":"/%s/item-%d","title":"%s, item %d","referrer":"https://shop.example/"},%s}',
    section, visitor % 900, section, visitor % 900, section, visitor % 900, head)
end

function request()
  if batch == 1 then
    return wrk.format(nil, nil, nil, event())
  end
  local events = {}
  for n = 1, batch do events[n] = event() end
  return wrk.format(nil, nil, nil, '{"batch":[' .. table.concat(events, ",") .. "]}")
end

function done(summary, latency, requests)
  local errors = summary.errors
  local bad = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\nRESULT {"requests":%d,"seconds":%f,"bad":%d,"p50_ms":%f,"p99_ms":%f}\n',
    summary.requests, summary.duration / 1e6, bad, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
