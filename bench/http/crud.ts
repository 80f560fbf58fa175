import { connect } from "rowfn";
import { crud } from "rowfn/http";

const { sql, schema } = await connect(process.env["DATABASE_URL"]!, { max: 10 });
const tables = { track: { filter: ["genre_id", "name"], limit: 100 } };
const server = Bun.serve({ hostname: "127.0.0.1", port: 0, routes: crud(sql, schema, { tables }) });
console.log(server.url.origin);
