// Sends lines with @fluent-org/logger, each acknowledged. Arguments: port, tag, number of lines, its option "security" as
// JSON ("null": without). Prints what the library says when the connection fails, and ends with 1 then.
const {FluentClient} = require("@fluent-org/logger");

async function main() {
  const [port, tag, lines, security] = process.argv.slice(2);
  const client = new FluentClient(tag, {
    socket: {host: "127.0.0.1", port: Number(port)},
    disableAutoconnect: true,
    security: JSON.parse(security) || undefined,
    ack: {ackTimeout: 20000},
  });
  const failed = new Promise((_, reject) => client.socketOn("error", reject));
  const sent = (async () => {
    await client.connect();
    const all = [];
    for (let number = 0; number < Number(lines); number++) {
      all.push(client.emit({log: "line " + number, client: "forged"}));
    }
    await Promise.all(all);
  })();
  sent.catch(() => {});
  await Promise.race([sent, failed]);
  failed.catch(() => {});
  await client.disconnect();
}

main().catch((error) => {
  console.log(error.message);
  process.exit(1);
});
