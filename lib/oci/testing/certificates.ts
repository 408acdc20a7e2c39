import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Certificate = { key: string; cert: string };
export type TestAuthority = {
  caPem: string;
  /** A server certificate for these names, such as `IP:127.0.0.1` or `DNS:example.com`. */
  issue(names: string, options?: { isExpired?: boolean }): Certificate;
};

/** A certificate authority for one test, made with the openssl program. */
export function createTestAuthority(): TestAuthority {
  const folder = mkdtempSync(join(tmpdir(), "test-ca-"));
  const path = (name: string) => join(folder, name);
  const run = (...parameters: string[]) =>
    execFileSync("openssl", parameters, { cwd: folder, stdio: "pipe" });
  try {
    const keyType = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    run(
      "req",
      "-x509",
      ...keyType,
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      "-days",
      "30",
      "-subj",
      "/CN=Test CA",
    );
    const caKey = readFileSync(path("ca.key"), "utf8");
    const caPem = readFileSync(path("ca.pem"), "utf8");
    return { caPem, issue: (names, options = {}) => issue(caKey, caPem, names, options.isExpired === true) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function issue(caKey: string, caPem: string, names: string, isExpired: boolean): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "test-cert-"));
  const path = (name: string) => join(folder, name);
  const run = (...parameters: string[]) =>
    execFileSync("openssl", parameters, { cwd: folder, stdio: "pipe" });
  try {
    writeFileSync(path("ca.key"), caKey);
    writeFileSync(path("ca.pem"), caPem);
    writeFileSync(path("index"), "");
    writeFileSync(path("serial"), "1000\n");
    const settings = [
      "[ca]",
      "default_ca = test",
      "[test]",
      "database = index",
      "serial = serial",
      "new_certs_dir = .",
      "default_md = sha256",
      "policy = any",
      "x509_extensions = server",
      "[any]",
      "commonName = supplied",
      "[server]",
      `subjectAltName = ${names}`,
    ];
    writeFileSync(path("ca.cnf"), settings.join("\n"));
    const keyType = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    run("req", ...keyType, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=test server");
    const dates = isExpired
      ? ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"]
      : ["-days", "20"];
    const files = ["-in", "server.csr", "-out", "server.pem", "-cert", "ca.pem", "-keyfile", "ca.key"];
    run("ca", "-batch", "-notext", "-config", "ca.cnf", ...dates, ...files);
    return { key: readFileSync(path("server.key"), "utf8"), cert: readFileSync(path("server.pem"), "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
