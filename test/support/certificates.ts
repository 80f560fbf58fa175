import { chownSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { serverUser } from "../../src/testing/os-user.ts";

/** The path of the program that creates certificates, undefined if it is not installed. */
export const OPENSSL: string | undefined = Bun.which("openssl") ?? undefined;

/** A certificate for 127.0.0.1 and its authority. */
export interface Certificates {
  /** The certificate of the authority in PEM format. */
  readonly authority: string;
  /** The server settings that use the certificate. */
  readonly settings: Readonly<Record<string, string>>;
}

const SCRIPT = `set -e
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.crt
  openssl req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout server.key -out server.csr
  echo subjectAltName=IP:127.0.0.1 >names
  openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.crt
  chmod 600 server.key`;

/** Creates an authority and a certificate in a directory. */
export function createCertificates(directory: string): Certificates {
  const { exitCode, stderr } = Bun.spawnSync(["/bin/sh", "-c", SCRIPT], { cwd: directory, stderr: "pipe" });
  if (exitCode !== 0) throw new Error(String(stderr));
  const file = (name: string): string => join(directory, name);
  const user = serverUser();
  if (user !== undefined) chownSync(file("server.key"), user.uid, user.gid);
  const settings = { ssl: "on", ssl_cert_file: file("server.crt"), ssl_key_file: file("server.key") };
  return { authority: readFileSync(file("ca.crt"), "utf8"), settings };
}
