// Sets the time limit in every test file, because bunfig.toml has no option for it and Bun resets it for each file.
import { afterAll } from "bun:test";
import { appendFileSync } from "node:fs";
import { plugin } from "bun";
import { TIME_LIMIT_MS } from "./time-limit.ts";

// On the first line of the file, so that line numbers of errors do not change.
const SET_LIMIT = `import { setDefaultTimeout as setTimeLimit } from "bun:test"; setTimeLimit(${TIME_LIMIT_MS});`;

plugin({
  name: "time limit",
  setup(build) {
    build.onLoad({ filter: /\.test\.ts$/ }, async ({ path }) => ({
      contents: `${SET_LIMIT} ${await Bun.file(path).text()}`,
      loader: "ts",
    }));
  },
});

// `bun run test` reports how many files have finished.
const progress = process.env["ROWFN_PROGRESS"];
if (progress) afterAll(() => appendFileSync(progress, `${Bun.main}\n`));
