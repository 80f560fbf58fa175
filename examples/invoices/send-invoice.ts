import { expr, insert, type SchemaSnapshot, selectOne, transaction, updateWhere } from "rowfn";
import { keySchema, RequestError, respond } from "rowfn/http";
import * as v from "valibot";

/** `POST /invoice/7/send`: the invoice is sent, and its mail is in the queue, or neither. */
export async function sendInvoice(
  sql: Bun.SQL,
  schema: SchemaSnapshot,
  request: Bun.BunRequest<"/invoice/:key/send">,
): Promise<Response> {
  const where = { id: v.parse(keySchema(schema, "invoice"), request.params.key) };
  const mail = await transaction(sql, async tx => {
    const include = { customer: { select: ["email"] } } as const;
    const invoice = await selectOne(tx, schema, "invoice", { where, include, lock: "update" });
    const { email } = invoice["customer"] as { email: string | null };
    if (invoice["status"] !== "draft") throw new RequestError(409, "the invoice was already sent", "sent");
    if (email === null) throw new RequestError(422, "the customer has no address", "no_address");
    const changes = { status: "sent", version: expr`version + 1` };
    await updateWhere(tx, schema, "invoice", changes, { where, returning: false });
    return await insert(tx, schema, "mail", { invoice_id: where.id, address: email });
  });
  return await respond(request, mail, { status: 202 });
}
