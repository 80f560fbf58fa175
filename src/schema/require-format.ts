import { SnapshotError } from "../errors.ts";
import { FORMAT_VERSION } from "./snapshot.ts";

/** Throws SnapshotError for anything but a snapshot of the format that this version writes. */
export function requireFormat(data: unknown): void {
  const version =
    typeof data === "object" && data !== null && "formatVersion" in data ? data.formatVersion : undefined;
  if (version === FORMAT_VERSION) return;
  if (!Number.isSafeInteger(version) || (version as number) < 1)
    throw new SnapshotError("the value is not a rowfn snapshot; load one with loadSchema");
  throw new SnapshotError(
    (version as number) > FORMAT_VERSION
      ? `the snapshot has format ${version}, but this version of rowfn reads format ${FORMAT_VERSION}; update rowfn`
      : `the snapshot has format ${version} of an earlier version of rowfn, which read less of the database; make it again with loadSchema or rowfn generate`,
  );
}
