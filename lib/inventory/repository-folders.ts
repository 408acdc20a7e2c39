export interface FolderCount {
  path: string;
  /** Null for the root, whose path is empty. */
  parentPath: string | null;
  /** Repositories below it, at any depth. */
  count: number;
}

/** The folders above these repositories, in the order of their paths. */
export function listFolders(names: readonly string[]): FolderCount[] {
  const counts = new Map<string, number>();
  for (const name of names) {
    for (let end = name.lastIndexOf("/"); end > 0; end = name.lastIndexOf("/", end - 1)) {
      const path = name.slice(0, end);
      counts.set(path, (counts.get(path) ?? 0) + 1);
    }
    counts.set("", (counts.get("") ?? 0) + 1);
  }
  return [...counts.keys()].sort().map((path) => ({
    path,
    parentPath: path === "" ? null : path.slice(0, Math.max(0, path.lastIndexOf("/"))),
    count: counts.get(path) ?? 0,
  }));
}
