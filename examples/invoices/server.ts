// `bun examples/invoices/server.ts`: the service on a temporary embedded server, or on the database of DATABASE_URL.
import { startPostgres } from "rowfn/testing";
import { startService } from "./service.ts";

const given = process.env["DATABASE_URL"];
const postgres = given ? undefined : await startPostgres();
const service = await startService({
  databaseUrl: postgres?.url ?? given!,
  port: Number(process.env["PORT"] ?? 3000),
  sendMail: (address, text) => console.log(`mail to ${address}: ${text}`),
});
console.log(`${service.url}reference`);
console.log(`curl -H 'authorization: Bearer lamps-token' ${service.url}invoice`);
process.once("SIGINT", async () => {
  await service.stop();
  await postgres?.stop();
});
