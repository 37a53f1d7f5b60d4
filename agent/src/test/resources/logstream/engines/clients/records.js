// What the clients for Node send: records.json, and what JSON cannot say.
const fs = require("fs");
const path = require("path");

const RECORDS = {
  ...require("./records.json"),
  binary: {data: Buffer.from([0x00, 0xff, 0x80, 0x0a])},
  date: {when: new Date(1700000000500)},
  large: {log: "0123456789abcdef".repeat(8192)},
};

exports.seconds = 1700000000;

exports.of = (name) => {
  if (!(name in RECORDS)) {
    throw new Error(`there is no record ${name}`);
  }
  return RECORDS[name];
};

exports.version = (name) =>
  JSON.parse(fs.readFileSync(path.join(process.env.NODE_PATH, name, "package.json"), "utf8")).version;
