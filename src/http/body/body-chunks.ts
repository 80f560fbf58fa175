import { RequestError } from "../request-error.ts";

/**
 * The text of a request's body in chunks. Throws RequestError 413 after `limit` bytes, 400 if it is not UTF-8; TypeError if it was
 * already read.
 */
export async function* bodyChunks(request: Request, limit: number): AsyncGenerator<string, void, undefined> {
  // The rest is empty, and would be taken for a body that the client has not sent.
  if (request.bodyUsed)
    throw new TypeError(
      "the body of the request has already been read; pass the request before others read it",
    );
  if (Number(request.headers.get("content-length")) > limit) throw tooLarge(limit);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > limit) throw tooLarge(limit);
    yield decode(() => decoder.decode(chunk, { stream: true }));
  }
  yield decode(() => decoder.decode());
}

/** The whole text of a request's body. */
export async function bodyText(request: Request, limit: number): Promise<string> {
  let text = "";
  for await (const chunk of bodyChunks(request, limit)) text += chunk;
  return text;
}

function tooLarge(limit: number): RequestError {
  return new RequestError(413, `the body must have at most ${limit} bytes`, "body_too_large");
}

function decode(run: () => string): string {
  try {
    return run();
  } catch (error) {
    throw new RequestError(400, "the body is not UTF-8", "not_utf8", { cause: error });
  }
}
