import { connect } from "node:net";

/** A response as it was received. */
export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends a request line with optional headers and body over a new connection. */
export async function rawResponse(
  server: Pick<Bun.Server<undefined>, "port">,
  head: string,
  body = "",
): Promise<RawResponse> {
  const text = await new Promise<string>((resolve, reject) => {
    let received = "";
    const socket = connect(server.port!, "127.0.0.1", () =>
      socket.write(`${head}connection: close\r\n\r\n${body}`),
    );
    socket.setEncoding("utf8");
    socket.on("data", chunk => {
      received += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(received));
  });
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Headers();
  for (const line of lines)
    headers.append(line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim());
  return { status: Number(first.split(" ")[1]), headers, body: text.slice(end + 4) };
}
