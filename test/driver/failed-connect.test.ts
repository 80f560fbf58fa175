// A host that accepts connections, but is not a PostgreSQL server.
import { expect, test } from "bun:test";
import { connect } from "../../src/index.ts";
import { failure } from "../support/failure.ts";

/** The advice of the error of `connect` to a listener that closes connections, or ignores them. */
async function adviceFor(open: (socket: Bun.Socket) => void): Promise<string> {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { open, data() {} } });
  const error = await failure(
    connect(`postgres://127.0.0.1:${listener.port}/x`, { max: 1, connectionTimeout: 300 }),
  );
  listener.stop(true);
  return error.message.split("\n")[0]!.replace(/^cannot connect to \S+: /, "");
}

test("a connection that is closed, as the driver also reports one that is not opened in time", async () => {
  expect(await adviceFor(socket => void socket.end())).toBe(
    "the server closed the connection, or the host did not accept it in time; check the host, the port and the firewall, and that it is a PostgreSQL server",
  );
});

test("a server that does not answer", async () => {
  expect(await adviceFor(() => {})).toBe(
    "the server did not answer in time; check the host, the port and the firewall",
  );
});
