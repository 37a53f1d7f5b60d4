// Sends records with @fluent-org/logger and prints its version. Arguments: see client-python.py; OPTIONS has the event mode.
const {FluentClient, EventTime} = require("@fluent-org/logger");
const records = require("./records.js");

async function main() {
  const [address, tag, optionList, names] = process.argv.slice(2);
  const options = optionList.split(",");
  const server = new URL(address);
  const unix = server.protocol === "unix:";
  const client = new FluentClient(tag, {
    eventMode: options[0],
    socket: unix ? {path: server.pathname} : {host: server.hostname, port: Number(server.port)},
    ack: options.includes("ack") ? {ackTimeout: 20000} : undefined,
  });
  const time = options.includes("nanos") ? new EventTime(records.seconds, 500000000) : records.seconds * 1000;
  await client.connect();
  const sent = names.split(",").map((name) => client.emit(records.of(name), time));
  await client.flush();
  await Promise.all(sent);
  await client.disconnect();
  console.log(records.version("@fluent-org/logger"));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
