/** The gzipped size in bytes of a program that is bundled with all imports except `external` and minified. */
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
