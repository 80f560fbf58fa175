#!/usr/bin/env bun
import { onInterruption } from "./interruption.ts";
import { processSurroundings } from "./process-surroundings.ts";
import { runCommand } from "./run-command.ts";

const { interrupted, die } = onInterruption();
const code = await runCommand(process.argv.slice(2), processSurroundings(interrupted));
process.exitCode = code;
if (code !== 0) die();
