/** Bytes of a program, bundled with all it imports but `external`, minified and gzipped. */
export async function bundleSize(entry: string, external: readonly string[] = []): Promise<number> {
  const built = await Bun.build({
    entrypoints: [entry],
    target: "bun",
    minify: true,
    external: [...external],
  });
  const text = await built.outputs[0]!.arrayBuffer();
  return Bun.gzipSync(new Uint8Array(text), { level: 9 }).length;
}
