#!/usr/bin/env bun
import { processSurroundings } from "./process-surroundings.ts";
import { runCommand } from "./run-command.ts";

process.exitCode = await runCommand(process.argv.slice(2), processSurroundings());
