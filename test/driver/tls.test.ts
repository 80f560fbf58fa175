// A server with TLS whose certificate the driver verifies.
import { afterAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { connect, describeHandle } from "../../src/index.ts";
import { startPostgres } from "../../src/testing/index.ts";
import { createCertificates, OPENSSL } from "../support/certificates.ts";
import { failure } from "../support/failure.ts";
import { processDirectory } from "../support/own-process.ts";

if (OPENSSL !== undefined) {
  const directories = [processDirectory("tls"), processDirectory("tls")];
  const [own, other] = directories.map(createCertificates);
  const server = await startPostgres({ settings: own!.settings });

  afterAll(async () => {
    await server.stop();
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  });

  /** The first line of the error, without the server's name. */
  async function rejection(url: string, ca: string): Promise<string> {
    const { message } = await failure(connect(url, { max: 1, tls: { ca } }));
    return message.split("\n")[0]!.replace(/^cannot connect to \S+: /, "");
  }

  test("a certificate of the given authority is accepted, and the connection is encrypted", async () => {
    const { sql } = await connect(server.url, { max: 1, tls: { ca: own!.authority } });
    expect(describeHandle(sql)).toBe(server.url);
    expect(await sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`.values()).toEqual([[true]]);
    await sql.close({ timeout: 0 });
  });

  test("a certificate of a different authority is rejected with the reason", async () => {
    expect(await rejection(server.url, other!.authority)).toBe(
      "the server's certificate is not signed by a known authority; pass the authority's certificate as tls: { ca }",
    );
  });

  test("a certificate of a different host is rejected with the reason", async () => {
    expect(await rejection(server.url.replace("127.0.0.1", "localhost"), own!.authority)).toBe(
      "the server's certificate is for a different host; connect to a host that the certificate names",
    );
  });
}
