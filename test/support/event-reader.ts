/** An event of a stream. */
export interface StreamEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Record<string, unknown>;
}

/** Reads the events of a response one after the other, as a browser does. */
export function eventReader(response: Response): {
  readonly next: () => Promise<StreamEvent>;
  /** Comments, and ids without data. */
  readonly comments: readonly string[];
  readonly cancel: () => Promise<void>;
} {
  const reader = response.body!.pipeThrough(new TextDecoderStream() as never).getReader() as unknown as {
    read(): Promise<{ done: boolean; value: string }>;
    cancel(): Promise<void>;
  };
  let text = "";
  const comments: string[] = [];
  const next = async (): Promise<StreamEvent> => {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end === -1) {
        const { done, value } = await reader.read();
        if (done) throw new Error("the stream ended");
        text += value;
        continue;
      }
      const block = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const field = (name: string): string | undefined =>
        block.find(line => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const data = field("data");
      if (data === undefined) comments.push(block.join("\n"));
      else return { event: field("event") ?? "message", id: field("id"), data: JSON.parse(data) };
    }
  };
  return { next, comments, cancel: () => reader.cancel() };
}
