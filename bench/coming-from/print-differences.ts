// Runs the tasks with the given libraries, and prints the differences of their results from those of rowfn.
import { differences, LIBRARIES } from "./results.ts";

const chosen = LIBRARIES.filter(name => process.argv.includes(name));
const found = await differences(chosen);
for (const name of chosen) {
  const lines = found.filter(({ library }) => library === name);
  console.log(`${name}: ${lines.length === 0 ? "the same rows" : ""}`.trim());
  for (const { task, rowfn, other } of lines) console.log(`  ${task}: ${other}\n  rowfn: ${rowfn}`);
}
process.exitCode = found.length === 0 ? 0 : 1;
