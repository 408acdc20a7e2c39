import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";

export interface SchemaFile {
  path: string;
  content: string;
}

interface DiffTarget {
  tag: string;
  files?: SchemaFile[];
}

interface Engine {
  diff(params: {
    from: DiffTarget;
    to: DiffTarget;
    script: boolean;
    exitCode: boolean | null;
    filters: { externalTables: string[]; externalEnums: string[] };
  }): Promise<{ stdout: string | null }>;
  free(): void;
}

interface EngineModule {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
  SchemaEngine: {
    new: (options: { datamodels: undefined }, log: () => void, adapter: object) => Promise<Engine>;
  };
}

// The engine asks its database for the version before it compares anything; comparing schemas needs no more.
const unused = async (): Promise<never> => {
  throw new Error("Comparing schemas needs no database.");
};
const emptyAdapter: SqlDriverAdapter = {
  provider: "postgres",
  adapterName: "offline",
  queryRaw: async () => ({
    columnNames: ["exists", "version", "numeric_version"],
    columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
    rows: [[true, "PostgreSQL 18.0", 180000]],
  }),
  executeRaw: unused,
  executeScript: unused,
  startTransaction: unused,
  getConnectionInfo: () => ({ schemaName: "public", supportsRelationJoins: true }),
  dispose: async () => {},
};
const noDatabase: SqlMigrationAwareDriverAdapterFactory = {
  provider: "postgres",
  adapterName: "offline",
  connect: async () => emptyAdapter,
  connectToShadowDb: unused,
};

/** Prisma's schema engine as WebAssembly: nothing is downloaded and no database is needed to compare schemas. */
export async function loadSchemaEngine() {
  const require = createRequire(import.meta.url);
  const glue: EngineModule & WebAssembly.ModuleImports = await import(
    "@prisma/schema-engine-wasm/schema_engine_bg"
  );
  const wasmPath = require
    .resolve("@prisma/schema-engine-wasm")
    .replace(/schema_engine\.js$/, "schema_engine_bg.wasm");
  const { instance } = await WebAssembly.instantiate(readFileSync(wasmPath), {
    "./schema_engine_bg.js": glue,
  });
  glue.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === "function") start();

  const engine = await glue.SchemaEngine.new(
    { datamodels: undefined },
    () => {},
    bindMigrationAwareSqlAdapterFactory(noDatabase),
  );
  const target = (files: SchemaFile[]): DiffTarget =>
    files.length === 0 ? { tag: "empty" } : { tag: "schemaDatamodel", files };

  return {
    /** SQL that leads from one schema to the other; no files mean an empty database. */
    async diff(from: SchemaFile[], to: SchemaFile[]): Promise<string> {
      const result = await engine.diff({
        from: target(from),
        to: target(to),
        script: true,
        exitCode: null,
        filters: { externalTables: [], externalEnums: [] },
      });
      return result.stdout ?? "";
    },
  };
}
