import type { SQL } from "bun";
import { refill } from "../data.ts";
import type { Operation } from "../operation.ts";

// The rows of the file are compared, because libraries quote and print values differently.
async function rowsOfFile(admin: SQL, text: unknown): Promise<unknown> {
  await refill(admin, 0);
  const query = admin.unsafe("copy target from stdin (format csv, header)");
  const writer = query.writable().getWriter();
  await writer.write(text as string);
  await writer.close();
  await query;
  return [...(await admin.unsafe("select md5(string_agg(target::text, chr(10) order by id)) from target"))];
}

export const operation: Operation = {
  title: "export 10,000 rows as CSV",
  calls: 1,
  rounds: 11,
  quickRounds: 3,
  needs: "exportCsv",
  compared: rowsOfFile,
  run: adapter => adapter.exportCsv!(10_000),
};
