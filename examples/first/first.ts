import { connect, gt, insert, rowsWhere } from "rowfn";
import { createTable } from "rowfn/ddl";
import { startPostgres } from "rowfn/testing";

const server = await startPostgres(); // an embedded server; pass the URL of your own to connect
const { sql, schema: empty } = await connect(server.url);
const schema = await createTable(sql, empty, "note", { body: "varchar(80) not null", stars: "integer" });

await insert(sql, schema, "note", { body: "Hello", stars: 5 });
console.log(await rowsWhere(sql, schema, "note", { where: { stars: gt(3) } })); // [{ id: "1", body: "Hello", stars: 5 }]

await sql.close();
await server.stop();
