import { expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SQL } from "bun";
import { requireBinaries } from "../../src/testing/binaries.ts";
import { startPostgres } from "../../src/testing/index.ts";
import {
  baseDirectory,
  createRunDirectory,
  removeStaleDirectories,
  requireOwnDirectory,
} from "../../src/testing/run-directory.ts";
import { answers, directoriesOf, startChild, untilGone } from "../support/children.ts";

const READY = "const server = await startPostgres(); console.log(server.url);";

async function value(url: string, text: string): Promise<unknown> {
  const sql = new SQL(url, { max: 1 });
  try {
    return (await sql.unsafe(text).values())[0]?.[0];
  } finally {
    await sql.close({ timeout: 1 });
  }
}

const isRoot = process.getuid?.() === 0;

test.if(isRoot)("the directory of a shared server that a different user has created is rejected", () => {
  const directory = mkdtempSync(join(tmpdir(), "rowfn-other-"));
  const user = { uid: 65_001, gid: 65_001 };
  requireOwnDirectory(directory, user);
  chownSync(directory, user.uid, user.gid);
  requireOwnDirectory(directory, user);
  requireOwnDirectory(`${directory}-missing`, user);
  chownSync(directory, 65_002, 65_002);
  expect(() => requireOwnDirectory(directory, user)).toThrow(
    `the directory ${directory} belongs to a different user; remove it, or set ROWFN_TEST_URL to a server of your own`,
  );
  expect(() => requireOwnDirectory(directory, undefined)).toThrow("belongs to a different user");
  rmSync(directory, { recursive: true });
});

test("a started server answers and accepts settings, and stop() removes process and directory", async () => {
  const server = await startPostgres({ settings: { work_mem: "7MB" } });
  expect(await value(server.url, "show work_mem")).toBe("7MB");
  expect(await value(server.url, "show listen_addresses")).toBe("127.0.0.1");
  await server.stop();
  expect(await answers(server.url)).toBe(false);
  expect(directoriesOf(process.pid)).toEqual([]);
});

test("a second stop() closes no descriptor that now belongs to another file", async () => {
  const server = await startPostgres();
  await server.stop();
  const directory = mkdtempSync(join(tmpdir(), "rowfn-descriptors-"));
  const open = Array.from({ length: 20 }, (_, index) => openSync(join(directory, String(index)), "w"));
  await server.stop();
  for (const descriptor of open) {
    expect(writeSync(descriptor, "x")).toBe(1);
    closeSync(descriptor);
  }
  rmSync(directory, { recursive: true });
});

test("a port among the settings is rejected", async () => {
  await expect(startPostgres({ settings: { Port: "5432" } })).rejects.toThrow(
    "settings must not contain port; pass it as the option port",
  );
});

test("two servers run simultaneously on their own ports", async () => {
  const [a, b] = await Promise.all([startPostgres(), startPostgres()]);
  await value(a.url, "create database only_in_a");
  expect(await value(b.url, "select count(*)::int from pg_database where datname = 'only_in_a'")).toBe(0);
  await Promise.all([a.stop(), b.stop()]);
});

test("after SIGKILL of the process its server stops and its directory is removed", async () => {
  const child = await startChild(`${READY} await new Promise(() => {}); setInterval(() => {}, 1000);`);
  expect(await answers(child.line)).toBe(true);
  expect(directoriesOf(child.pid)).toHaveLength(1);
  child.kill("SIGKILL");
  await untilGone(child.pid, child.line);
});

test("after Ctrl-C the server stops and its directory is removed", async () => {
  const child = await startChild(`${READY} setInterval(() => {}, 1000);`);
  child.kill("SIGINT");
  await untilGone(child.pid, child.line);
});

test("a process that exits without stop() leaves neither a server nor a directory", async () => {
  for (const end of ["", "throw new Error('expected by the test')", "process.exit(3)"]) {
    const child = await startChild(`${READY} ${end}`, {}, "ignore");
    await child.exited;
    await untilGone(child.pid, child.line);
  }
});

test("a process that is killed at any time during the start leaves neither a server nor a directory", async () => {
  for (const delay of [0, 60, 250, 500, 800]) {
    const child = await startChild(
      `const started = startPostgres(); setTimeout(() => console.log("starting"), ${delay}); await started;`,
    );
    child.kill("SIGKILL");
    await untilGone(child.pid, "postgres://127.0.0.1:1/");
  }
});

test("binaries whose symbolic links a package manager omitted are run from a copy with the links", async () => {
  const native = dirname(requireBinaries(undefined));
  const root = mkdtempSync(join(tmpdir(), "rowfn-links-"));
  cpSync(native, join(root, "native"), {
    recursive: true,
    filter: path => !/libpq\.so\.5$|libicuuc\.so\.60$/.test(path),
  });
  const server = await startPostgres({ binaries: join(root, "native/bin") });
  expect(await value(server.url, "select 1")).toBe(1);
  await server.stop();
  rmSync(root, { recursive: true });
});

// A different installation that links to the binaries changes their timestamps, which GNU tar reports with exit code 1.
test.each([
  [1, "postgres://postgres"],
  [2, ""],
])("when tar packs and exits with %d, the child prints a URL that starts with %j", async (code, start) => {
  const native = dirname(requireBinaries(undefined));
  const root = mkdtempSync(join(tmpdir(), "rowfn-tar-"));
  cpSync(native, join(root, "native"), { recursive: true, filter: path => !/libpq\.so\.5$/.test(path) });
  const tar = `#!/bin/sh\n${Bun.which("tar")} "$@" || exit\ncase "$1" in -c) exit ${code};; esac\n`;
  writeFileSync(join(root, "tar"), tar, { mode: 0o755 });
  chmodSync(root, 0o755);
  const child = await startChild(
    `const { url } = await startPostgres({ binaries: ${JSON.stringify(join(root, "native/bin"))} }); console.log(url);`,
    { PATH: `${root}:${process.env["PATH"]}` },
    "ignore",
  );
  expect(child.line).toStartWith(start);
  expect(child.line.length > 0).toBe(start.length > 0);
  await child.exited;
  await untilGone(child.pid, "postgres://127.0.0.1:1/");
  rmSync(root, { recursive: true });
});

test("binaries in a directory that only its owner may read are run from a copy", async () => {
  const native = dirname(requireBinaries(undefined));
  const root = mkdtempSync(join(tmpdir(), "rowfn-private-"));
  mkdirSync(join(root, "home"));
  chmodSync(join(root, "home"), 0o700);
  cpSync(native, join(root, "home/native"), { recursive: true });
  const server = await startPostgres({ binaries: join(root, "home/native/bin") });
  expect(await value(server.url, "select current_setting('is_superuser')")).toBe("on");
  await server.stop();
  rmSync(root, { recursive: true });
});

test("binaries behind a symbolic link work", async () => {
  const root = mkdtempSync(join(tmpdir(), "rowfn-symlink-"));
  symlinkSync(requireBinaries(undefined), join(root, "bin"));
  const server = await startPostgres({ binaries: join(root, "bin") });
  expect(await value(server.url, "select 1")).toBe(1);
  await server.stop();
  rmSync(root, { recursive: true });
});

test("directories of crashed runs are removed by the next run, but not those of active runs", () => {
  const dead = Bun.spawnSync([
    process.execPath,
    "-e",
    "process.stdout.write(String(process.pid))",
  ]).stdout.toString();
  const [stale, alive] = [dead, String(process.pid)].map(pid =>
    join(baseDirectory(), `rowfn-postgres-${pid}-stale`),
  ) as [string, string];
  for (const path of [stale, alive]) expect(createRunDirectory(path, undefined)).toBe(true);
  removeStaleDirectories();
  expect(createRunDirectory(stale, undefined)).toBe(true);
  expect(createRunDirectory(alive, undefined)).toBe(false);
  for (const path of [stale, alive]) rmSync(path, { recursive: true });
});

test("if a server cannot start, the error contains the end of its log", async () => {
  await expect(startPostgres({ settings: { shared_buffers: "none" } })).rejects.toThrow(
    /PostgreSQL did not start: .*invalid value for parameter "shared_buffers"/s,
  );
  expect(directoriesOf(process.pid)).toEqual([]);
});

test("a port in use is reported as an error", async () => {
  const server = await startPostgres();
  await expect(startPostgres({ port: server.port })).rejects.toThrow("Address already in use");
  await server.stop();
});

test("a directory without binaries is reported by name", async () => {
  await expect(startPostgres({ binaries: "/nowhere" })).rejects.toThrow(
    "/nowhere must contain the programs postgres and initdb",
  );
});
