// Sends records with npm's fluent-logger and prints its version. Arguments: see client-python.py; OPTIONS has the event mode.
const {createFluentSender, EventTime} = require("fluent-logger");
const records = require("./records.js");

async function main() {
  const [address, tag, optionList, names] = process.argv.slice(2);
  const options = optionList.split(",");
  const server = new URL(address);
  const unix = server.protocol === "unix:";
  const client = createFluentSender(tag, {
    eventMode: options[0],
    ...(unix ? {path: server.pathname} : {host: server.hostname, port: Number(server.port)}),
    requireAckResponse: options.includes("ack"),
    ackResponseTimeout: 20000,
    flushInterval: 1,
  });
  const time = options.includes("nanos") ? new EventTime(records.seconds, 500000000) : records.seconds;
  const sent = names.split(",").map(
    (name) =>
      new Promise((resolve, reject) =>
        client.emit(records.of(name), time, (error) => (error ? reject(error) : resolve()))
      )
  );
  await Promise.all(sent);
  await new Promise((resolve) => client.end(null, null, resolve));
  console.log(records.version("fluent-logger"));
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  }
);
