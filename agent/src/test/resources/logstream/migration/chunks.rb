# Wrote the chunk files beside it, with ruby-msgpack 1.4.2.
require "msgpack"
require "json"
# Files as fluent-plugin-kinesis 0.4.0 writes them: {data:, partition_key:}.to_msgpack, one after the other.
def rec(i, extra = {})
  data = {container_name: "/web", source: "stdout", log: "line #{i} größer " + "x" * extra.fetch(:pad, 0), container_id: "c" * 64, time: "2016-01-02T03:04:0#{i % 10}Z", tag: "grid.dev/www-data/web:dev/www-data/web"}.to_json
  m = {data: data, partition_key: "667e482c-d048-4dd4-b636-%012d" % i}
  m[:explicit_hash_key] = "1234567890" if extra[:hash]
  m
end
f = MessagePack::Factory.new
old = ->(m) { f.packer(compatibility_mode: true).write(m).to_s }
now = ->(m) { m.to_msgpack }
File.binwrite("logstream.q5286f5a4b2c10.buffer", (0..2).map { |i| old[rec(i)] }.join)
File.binwrite("logstream.q5286f5e0d4a01.buffer", [now[rec(3)], now[rec(4, hash: true)], now[rec(5, pad: 300)]].join)
File.binwrite("logstream.b5286f61b99f3c.buffer", (6..7).map { |i| old[rec(i, hash: i == 7)] }.join)
